import type { Finding } from '../../../base/findings.js';
import { run, say } from '../../../base/text.js';
import { title } from './blocked.js';
import type { CheckedMember } from './facts.js';
import type { ProbeOutput } from './pairs.js';

/** Ports that are in use on a host whose engine is not in a swarm: to create or join one would fail. */
export function takenFindings(members: readonly CheckedMember[], outputs: readonly ProbeOutput[]): Finding[] {
  return members.flatMap(({ name, engine }, i) => {
    const taken = (outputs[i]?.heard ?? []).flatMap((line) => /^port\|(.*)\|taken$/.exec(line)?.[1] ?? []);
    if (engine?.swarm !== 'inactive' || taken.length === 0) return [];
    const ports = [...new Set(taken)].map(title).join(', ');
    return [
      {
        check: 'port-taken',
        machine: name,
        level: 'fault' as const,
        message: `Another program uses ${ports}`,
        fix: say`${run('ssh', name, 'sudo', 'ss', '-lntup')} shows the program`,
      },
    ];
  });
}
