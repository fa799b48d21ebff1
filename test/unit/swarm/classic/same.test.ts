import { expect } from 'chai';

import { classicContainers, type ContainerConfig } from '../../../../src/swarm/classic/containers.js';
import { isSame, type ContainerFacts } from '../../../../src/swarm/classic/same.js';
import { member } from './member.js';

const image = { Id: 'sha256:1', Config: { Env: ['PATH=/bin', 'SWARM_HOST=:2375'] } };
const [wanted] = classicContainers(member({ Agent: false }, { env: ['SWARM_HOST=:1', 'A=b'] }));
const config = wanted?.config as ContainerConfig;

/** A container as an engine reports it after it was created exactly as wanted. */
const made: ContainerFacts = {
  Id: 'c1',
  Image: 'sha256:1',
  State: { Running: true },
  Config: { Cmd: config.Cmd, Env: ['SWARM_HOST=:1', 'A=b', 'PATH=/bin'], Labels: { ...config.Labels, 'of.the.image': 'x' } },
  HostConfig: { Binds: config.HostConfig.Binds, PortBindings: config.HostConfig.PortBindings, RestartPolicy: { Name: 'always' } },
};

describe('an existing container of classic swarm', () => {
  it('is the same when all of its settings are', () => {
    expect(isSame(made, image, config)).to.equal(true);
  });

  it('is the same when an engine writes null for empty lists', () => {
    const [agent] = classicContainers(member({ Master: false, Agent: true }));
    const found: ContainerFacts = {
      ...made,
      Config: { Cmd: agent?.config.Cmd ?? [], Env: null, Labels: null },
      HostConfig: { Binds: null, PortBindings: null, RestartPolicy: { Name: 'always' } },
    };
    expect(isSame(found, { Id: 'sha256:1', Config: null }, agent?.config as ContainerConfig)).to.equal(true);
  });

  const differences: [string, ContainerFacts][] = [
    ['image', { ...made, Image: 'sha256:2' }],
    ['command line', { ...made, Config: { ...made.Config, Cmd: config.Cmd.slice(1) } }],
    ['environment', { ...made, Config: { ...made.Config, Env: ['SWARM_HOST=:1', 'PATH=/bin'] } }],
    ['environment of the image', { ...made, Config: { ...made.Config, Env: ['SWARM_HOST=:2375', 'A=b', 'PATH=/bin'] } }],
    ['certificate', { ...made, Config: { ...made.Config, Labels: {} } }],
    ['folder of certificates', { ...made, HostConfig: { ...made.HostConfig, Binds: null } }],
    ['port', { ...made, HostConfig: { ...made.HostConfig, PortBindings: {} } }],
    ['restart policy', { ...made, HostConfig: { ...made.HostConfig, RestartPolicy: { Name: 'no' } } }],
  ];
  for (const [what, found] of differences) {
    it(`is not the same when its ${what} differs`, () => {
      expect(isSame(found, image, config)).to.equal(false);
    });
  }
});
