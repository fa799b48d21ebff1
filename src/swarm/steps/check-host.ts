import type { SwarmSettings } from '../model/declaration.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { checkBeforeSwarm } from '../check/before.js';

/**
 * What would keep a machine from taking part in a swarm, looked at before it is asked to: cheap, on the host itself and nothing between hosts.
 * @throws TsmachineError SWARM_JOIN with every fault and what mends it; warnings are told
 */
export async function checkHost(session: Session, machine: string, settings: SwarmSettings): Promise<void> {
  const { defaultAddrPool: pools, defaultAddrPoolMaskLength: subnetSize, dataPathPort } = settings;
  const findings = await checkBeforeSwarm(session, [machine], {
    ...(pools === undefined ? {} : { pools }),
    ...(subnetSize === undefined ? {} : { subnetSize }),
    ...(dataPathPort === undefined ? {} : { dataPathPort }),
  });
  for (const { level, message, fix } of findings) {
    if (level === 'warning') session.io.warn(say`Warning: ${message}${fix === undefined ? '' : say` (${fix})`}`);
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
