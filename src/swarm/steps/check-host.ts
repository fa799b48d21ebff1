import type { SwarmSettings } from '../model/declaration.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { checkBeforeSwarm } from '../check/before.js';

/** What a command has warned of already: hosts of one kind have the same kernel, and `swarm check` lists each of them. */
const warned = new WeakMap<Session, Set<string>>();

/**
 * Checks that a host can take part in a swarm before its engine is asked to: cheap, and only on the host itself, not between hosts.
 * @throws TsmachineError SWARM_JOIN with every fault and its remedy; warnings are printed, those of a
 * kernel for the first host that they are true of
 */
export async function checkHost(session: Session, machine: string, settings: SwarmSettings): Promise<void> {
  const { defaultAddrPool: pools, defaultAddrPoolMaskLength: subnetSize, dataPathPort } = settings;
  const findings = await checkBeforeSwarm(session, [machine], {
    ...(pools === undefined ? {} : { pools }),
    ...(subnetSize === undefined ? {} : { subnetSize }),
    ...(dataPathPort === undefined ? {} : { dataPathPort }),
  });
  const before = warned.get(session) ?? new Set();
  warned.set(session, before);
  for (const { check, message, fix } of findings.filter(({ level }) => level === 'warning')) {
    if (check.startsWith('kernel-') && before.has(check)) continue;
    before.add(check);
    session.io.warn(say`Warning: ${message}${fix === undefined ? '' : say` (${fix})`}`);
  }
  const faults = findings.filter(({ level }) => level === 'fault');
  if (faults.length === 0) return;
  throw new TsmachineError(
    'SWARM_JOIN',
    join(
      faults.map(({ message }) => message),
      '\n',
    ),
    {
      hint: lines(faults.map(({ fix }) => fix)),
    },
  );
}
