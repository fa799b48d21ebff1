import { expect } from 'chai';

import { swarmPort, swarmUrl } from '../../../../src/store/config/swarm-address.js';

describe('the address of a classic swarm', () => {
  const ports: [string, number][] = [
    ['tcp://0.0.0.0:3376', 3376],
    ['tcp://0.0.0.0:4000', 4000],
    ['tcp://[::]:4001', 4001],
    ['', 3376],
    ['tcp://0.0.0.0', 3376],
  ];
  for (const [host, port] of ports) {
    it(`--swarm-host "${host}" listens on port ${port}`, () => {
      expect(swarmPort(host)).to.equal(port);
    });
  }

  const urls: [string, string | undefined][] = [
    ['tcp://10.0.0.1:2376', 'tcp://10.0.0.1:4000'],
    ['tcp://docker.example.com', 'tcp://docker.example.com:4000'],
    ['tcp://[fd00::1]:2376', 'tcp://[fd00::1]:4000'],
    ['unix:///var/run/docker.sock', undefined],
    ['', undefined],
  ];
  for (const [engine, swarm] of urls) {
    it(`"${engine}" becomes ${swarm ?? 'nothing'}`, () => {
      expect(swarmUrl(engine, 'tcp://0.0.0.0:4000')).to.equal(swarm);
    });
  }
});
