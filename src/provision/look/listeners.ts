import type { Listener } from './facts.js';

/** Listening TCP sockets as `ss -H -ltnp` or `netstat -ltnp` prints them: in both, the fourth word is the address. */
export function parseListeners(lines: readonly string[]): Listener[] {
  return lines.flatMap((line): Listener[] => {
    const [, address = '', port = ''] = /^(.+):(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '') ?? [];
    if (port === '') return [];
    const [, program = '', pid = ''] = /users:\(\("([^"]*)",pid=(\d+)/.exec(line) ?? [];
    const [, netstatPid = '', netstatProgram = ''] = /\s(\d+)\/(\S+)\s*$/.exec(line) ?? [];
    return [{ address, port: Number(port), program: program || netstatProgram, pid: pid || netstatPid }];
  });
}
