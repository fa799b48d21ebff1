import type { Io } from '../../base/io.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, say } from '../../base/text.js';
import { checkBeforeSwarm } from '../check/before.js';
import type { UpRun } from './up-run.js';

/**
 * Checks that a host can take part in a swarm before its engine is asked to: cheap, and only on the host itself, not between hosts.
 * @throws TsmachineError SWARM_JOIN with every fault and its remedy; warnings are printed, those of a kernel for the first host that they
 * are true of: hosts of one kind have the same, and `swarm check` lists each of them
 */
export async function checkHost({ swarm, declaration, warned }: UpRun, machine: string, io: Io): Promise<void> {
  const { defaultAddrPool: pools, defaultAddrPoolMaskLength: subnetSize, dataPathPort } = declaration.settings;
  const findings = await checkBeforeSwarm({ ...swarm.session, io }, [machine], {
    ...(pools === undefined ? {} : { pools }),
    ...(subnetSize === undefined ? {} : { subnetSize }),
    ...(dataPathPort === undefined ? {} : { dataPathPort }),
  });
  for (const { check, message, fix } of findings.filter(({ level }) => level === 'warning')) {
    if (check.startsWith('kernel-') && warned.has(check)) continue;
    warned.add(check);
    io.warn(say`Warning: ${message}${fix === undefined ? '' : say` (${fix})`}`);
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
