import type { Finding } from '../../../base/finding.js';
import { title } from './blocked.js';
import type { Member } from './facts.js';
import type { Account } from './pairs.js';

/** Ports that another program holds where no engine is in a swarm yet: init or join would fail. */
export function takenFindings(members: readonly Member[], accounts: readonly Account[]): Finding[] {
  return members.flatMap(({ name, engine }, i) => {
    const taken = (accounts[i]?.heard ?? []).flatMap((line) => /^port\|(.*)\|taken$/.exec(line)?.[1] ?? []);
    if (engine?.swarm !== 'inactive' || taken.length === 0) return [];
    const ports = [...new Set(taken)].map(title).join(', ');
    return [
      {
        check: 'port-taken',
        machine: name,
        level: 'fault' as const,
        message: `Another program than the engine has taken ${ports}`,
        fix: `tsmachine ssh ${name} sudo ss -lntup (it names the program)`,
      },
    ];
  });
}
