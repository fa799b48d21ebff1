import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Computer, Facts, Program } from '../../../../drivers/nspawn/api.js';
import type { ExecResult } from '../../../../src/driver/contract.js';

export interface Call {
  readonly program: Program;
  readonly args: readonly string[];
  readonly input: string;
}

/** A computer that only remembers what was asked of it; links, rules, mounts and processes are lists. */
export interface FakeComputer extends Computer {
  readonly calls: Call[];
  readonly links: Set<string>;
  readonly rules: string[];
  /** Chains of our own with their rules. */
  readonly chains: Map<string, string[]>;
  /** Of the chain FORWARD. */
  policy: string;
  readonly mounts: string[];
  readonly signals: string[];
  forward: string;
  routes: string;
  /** Fails the call whose text contains this, once. */
  failOn: string | undefined;
  freeBytes: number;
  diskKind: string;
  readonly files: Map<string, string>;
}

export const factsV1 = (dir: string): Facts & { cgroups: NonNullable<Facts['cgroups']> } => ({
  platform: 'linux',
  uid: 0,
  systemd: false,
  architecture: 'x64',
  bootId: 'boot-1',
  programs: Object.fromEntries(
    [
      'systemd-nspawn',
      'debootstrap',
      'ip',
      'iptables',
      'iptables-restore',
      'ssh-keygen',
      'mount',
      'umount',
      'setpriv',
      'unshare',
      'tar',
    ].map((name) => [name, `/bin/${name}`]),
  ),
  cgroups: { version: 1, track: join(dir, 'unified'), hierarchies: [{ mount: join(dir, 'memory'), names: ['memory'] }], controllers: [] },
});

export function fakeComputer(facts: Facts, registryFile: string): FakeComputer {
  const done = (stdout = '', exitCode = 0, stderr = ''): ExecResult => ({ stdout, stderr, exitCode });
  /** Control groups by the process in them. */
  const groups = new Map<number, string>();
  const fake: FakeComputer = {
    registryFile,
    calls: [],
    links: new Set(),
    rules: [],
    chains: new Map(),
    policy: 'ACCEPT',
    mounts: [],
    signals: [],
    forward: '0',
    routes: '[]',
    failOn: undefined,
    freeBytes: 1e12,
    diskKind: 'ef53',
    files: new Map(),
    facts: () => Promise.resolve(facts),
    async run(program, args, options = {}) {
      const input = typeof options.input === 'string' ? options.input : '';
      fake.calls.push({ program, args, input });
      const text = [program, ...args, input].join(' ');
      if (fake.failOn !== undefined && text.includes(fake.failOn)) {
        fake.failOn = undefined;
        throw new Error(`interrupted at ${text}`);
      }
      return answer(program, args, input, options.cwd ?? '');
    },
    async start(program, args) {
      fake.calls.push({ program, args, input: '' });
      const track = args[1] ?? '';
      const pid = 4711 + groups.size;
      groups.set(pid, track);
      await writeFile(join(track, 'cgroup.procs'), `${pid}\n`);
    },
    mountsBelow: (dir) => Promise.resolve(fake.mounts.filter((point) => point === dir || point.startsWith(`${dir}/`)).reverse()),
    disk: () => Promise.resolve({ kind: fake.diskKind, freeBytes: fake.freeBytes }),
    read: (path) => Promise.resolve(fake.files.get(path)),
    aptSources: () => Promise.resolve([]),
    setting: (file) => Promise.resolve(file.endsWith('ip_forward') ? fake.forward : (fake.files.get(file) ?? '')),
    set: (file, value) => {
      if (file.endsWith('ip_forward')) fake.forward = value;
      else fake.files.set(file, value);
      return Promise.resolve();
    },
    async processes(group) {
      const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map(Number);
    },
    async initOf(group) {
      return (await fake.processes(group))[0];
    },
    listens: () => Promise.resolve(true),
    signal(pid, signal) {
      fake.signals.push(`${signal} ${pid}`);
      const group = groups.get(pid);
      if (group !== undefined) rmSync(join(group, 'cgroup.procs'), { force: true });
    },
  };
  async function answer(program: Program, args: readonly string[], input: string, cwd: string): Promise<ExecResult> {
    if (program === 'iptables') return iptables(args.slice(1));
    if (program === 'iptables-restore') restore(input);
    if (program === 'ip') return ip(args, input);
    if (program === 'mount') fake.mounts.push(args.at(-1) ?? '');
    if (program === 'umount') fake.mounts.splice(fake.mounts.indexOf(args[0] ?? ''), 1);
    if (program === 'ssh-keygen') await writeKeys(args.at(-1) ?? '');
    if (program === 'setpriv') await mkdir(args[args.findIndex((word) => word.endsWith('build.sh')) + 1] ?? cwd, { recursive: true });
    if (program === 'rm') for (const path of args.slice(3)) await rm(path, { recursive: true, force: true });
    return done();
  }
  function iptables(args: readonly string[]): ExecResult {
    const [table = '', action, chain = '', ...match] = args[0] === '-t' ? args.slice(1) : ['filter', ...args];
    const rule = [chain, ...match].join(' ');
    const index = fake.rules.indexOf(`${table} ${rule}`);
    if (action === '-S') return done([...(chain === 'FORWARD' ? [`-P FORWARD ${fake.policy}\n`] : []), ...listed(table, chain)].join(''));
    if (action === '-P') fake.policy = match[0] ?? '';
    if (action === '-X') fake.chains.delete(chain);
    if (action === '-C') return done('', index < 0 ? 1 : 0);
    if (action === '-I') fake.rules.push(`${table} ${rule}`);
    if (action === '-D' && index >= 0) fake.rules.splice(index, 1);
    return done();
  }
  function listed(table: string, chain: string): string[] {
    return fake.rules.filter((each) => each.startsWith(`${table} ${chain} `)).map((each) => `-A ${each.slice(table.length + 1)}\n`);
  }
  function restore(input: string): void {
    const chain = /^:(\S+)/m.exec(input)?.[1] ?? '';
    fake.chains.set(
      chain,
      input
        .split('\n')
        .filter((line) => line.startsWith(`-A ${chain} `))
        .map((line) => line.slice(`-A ${chain} `.length)),
    );
  }
  function add(name: string): void {
    if (fake.links.has(name)) throw new Error(`RTNETLINK answers: File exists (${name})`);
    fake.links.add(name);
  }
  function ip(args: readonly string[], input: string): ExecResult {
    if (args[0] === '-json') return done(fake.routes);
    if (args.includes('show')) return fake.links.has(args.at(-1) ?? '') ? done() : done('', 1, 'does not exist');
    for (const line of input.split('\n')) {
      const name = /^link add (?:name )?(\S+)/.exec(line)?.[1];
      if (name !== undefined) add(name);
    }
    const name = args.at(-1) ?? '';
    if (args[1] === 'add') add(`netns ${name}`);
    if (args[1] !== 'delete')
      return args[1] === 'list' ? done([...fake.links].filter((link) => link.startsWith('netns')).join('\n')) : done();
    return fake.links.delete(args[0] === 'netns' ? `netns ${name}` : name) ? done() : done('', 1, `Cannot find device "${name}"`);
  }
  return fake;
}

async function writeKeys(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'private');
  await writeFile(`${path}.pub`, 'ssh-ed25519 AAAA comment\n');
}
