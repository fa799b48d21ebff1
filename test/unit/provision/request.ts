import type { ProvisionRequest } from '../../../src/provision/provision.js';

export interface Said {
  readonly kind: 'info' | 'warn' | 'progress' | 'debug';
  readonly text: string;
}

type Engine = ProvisionRequest['engine'];
type Change = Partial<Omit<ProvisionRequest, 'engine' | 'install'>> & {
  engine?: Partial<Engine>;
  install?: Partial<ProvisionRequest['install']>;
};

/** A plain request and what was said while it was worked on. */
export function request(change: Change = {}): ProvisionRequest & { said: Said[] } {
  const said: Said[] = [];
  const say = (kind: Said['kind']) => (text: string) => {
    said.push({ kind, text });
  };
  return {
    machine: 'm1',
    io: { info: say('info'), warn: say('warn'), progress: say('progress'), debug: say('debug'), secret: () => Promise.resolve(undefined) },
    signal: new AbortController().signal,
    setHostname: false,
    port: 2376,
    hostIsIpv6: false,
    certificates: () => Promise.resolve({ ca: 'CA\n', cert: 'CERT\n', key: 'KEY\n' }),
    labels: ['provider=generic'],
    ...change,
    engine: { ArbitraryFlags: [], Env: [], InsecureRegistry: [], Labels: [], RegistryMirror: [], StorageDriver: '', ...change.engine },
    install: { mode: 'auto', url: 'https://get.docker.com', ...change.install },
    said,
  };
}
