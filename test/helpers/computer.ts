import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What machines could leave behind on this computer, as comparable lines. */
export async function computerState(): Promise<string[]> {
  const [links, rules, nat, spaces, mounts, processes, forward, cgroups] = await Promise.all([
    lines('ip', ['-o', 'link']),
    lines('iptables', ['-S']),
    lines('iptables', ['-t', 'nat', '-S']),
    lines('ip', ['netns', 'list']),
    readFile('/proc/mounts', 'utf8'),
    lines('ps', ['-eo', 'args']),
    readFile('/proc/sys/net/ipv4/ip_forward', 'utf8'),
    lines('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-type', 'd', '-name', '*tsm*']),
  ]);
  return [
    ...links.map((line) => `link ${/^\d+: (?<name>[^:@]+)/.exec(line)?.groups?.['name'] ?? line}`),
    ...rules,
    ...nat.map((line) => `nat ${line}`),
    ...spaces.map((line) => `netns ${line.split(' ')[0] ?? ''}`),
    ...mounts
      .split('\n')
      .map((line) => line.split(' ').slice(0, 3).join(' '))
      .filter((line) => /tsm|nsfs|overlay/.test(line))
      .map((line) => `mount ${line}`),
    ...processes
      .filter((line) => line.startsWith('systemd-nspawn') || line.startsWith('/usr/bin/systemd-nspawn'))
      .map((line) => `process ${line}`),
    ...cgroups.map((line) => `cgroup ${line}`),
    `ip_forward ${forward.trim()}`,
  ].sort();
}

async function lines(file: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await run(file, args, { timeout: 20_000, maxBuffer: 2 ** 24 });
  return stdout.split('\n').filter((line) => line.trim() !== '');
}
