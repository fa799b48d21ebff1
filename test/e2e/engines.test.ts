import { expect } from 'chai';

import { runContainer } from '../../src/docker/containers.js';
import { succeed } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';

describe('engines of three Debian releases', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(async () => {
    await lab.close();
  });

  const releases: [string, RegExp][] = [
    ['bookworm', /^20\.10\./],
    ['trixie', /^26\.1\./],
    ['sid', /^(2[89]|[3-9]\d)\./],
  ];
  for (const [suite, expected] of releases) {
    it(`provisions ${suite} and runs a container on it`, async () => {
      const host = await lab.host(suite, { suite });
      const store = await lab.store(`store-${suite}`);
      await succeed(['create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath, suite], { store });
      const version = (await succeed(['version', suite], { store })).stdout.trim();
      expect(version).to.match(expected);
      const engine = await engineOf(store, suite, (await succeed(['url', suite], { store })).stdout.trim());
      try {
        await loadLabImage(engine);
        expect(await runContainer(engine, { image: labImage, cmd: ['sh', '-c', 'echo $0 on $HOSTNAME; exit 3', suite] })).to.include({
          exitCode: 3,
        });
      } finally {
        engine.close();
      }
      await host.remove();
    });
  }
});
