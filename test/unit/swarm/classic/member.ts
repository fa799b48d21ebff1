import type { ClassicMember, ClassicOptions } from '../../../../src/swarm/classic/containers.js';

/** A machine for which the command line of Docker Machine was recorded, with changes for a test. */
export function member(options: Partial<ClassicOptions> = {}, rest: Partial<Omit<ClassicMember, 'options'>> = {}): ClassicMember {
  return {
    options: {
      Master: true,
      Agent: false,
      Discovery: 'token://abc',
      Host: 'tcp://0.0.0.0:3376',
      Image: 'swarm:latest',
      Strategy: 'spread',
      ArbitraryFlags: [],
      ArbitraryJoinFlags: [],
      IsExperimental: false,
      ...options,
    },
    address: '127.0.0.1',
    enginePort: 12376,
    env: [],
    fingerprint: 'AB:CD',
    certificates: { ca: '/etc/docker/ca.pem', cert: '/etc/docker/server.pem', key: '/etc/docker/server-key.pem' },
    ...rest,
  };
}
