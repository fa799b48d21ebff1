import type { EngineInstall } from '../../base/machine.js';
import { TsmachineError } from '../../base/errors.js';
import { forms } from '../../base/forms.js';
import type { FlagValues } from '../../base/flags.js';
import { membersOf, type Declared, type EngineDeclaration, type GroupDeclaration, type SwarmSettings } from './declaration.js';
import { quorumWarnings } from './manager-count.js';
import type { Role } from '../../base/swarm-node.js';

/** What the flags of `swarm up --managers 3 --workers 5 -d nspawn NAME` say. */
export interface DeclareRequest {
  readonly name: string;
  readonly managers: number;
  readonly workers: number;
  readonly driver: string;
  readonly flags: FlagValues;
  readonly settings?: SwarmSettings;
  readonly engine?: EngineDeclaration;
  readonly install?: EngineInstall;
  readonly tlsSans?: readonly string[];
}

/**
 * A swarm without a file: machines NAME-manager1 and on, NAME-worker1 and on, all alike.
 * @throws TsmachineError NAME_INVALID; FLAG_INVALID without a manager, or for a number that is none
 */
export function declare(request: DeclareRequest): Declared {
  const { name, managers, workers, settings = {} } = request;
  if (![`${name}-manager${managers}`, `${name}-worker${workers}`].every(forms.newMachineName.fits)) {
    throw new TsmachineError('NAME_INVALID', `The names of machines cannot begin with ${JSON.stringify(name)}`, {
      hint: `A name must be ${forms.newMachineName.form}`,
    });
  }
  if (!isCount(managers) || managers < 1) throw notACount('--managers', managers, 'A swarm needs at least one manager');
  if (!isCount(workers)) throw notACount('--workers', workers, 'Use 0 for none');
  const groups = [groupOf('manager', managers, request), groupOf('worker', workers, request)];
  return {
    declaration: { name, settings, members: groups.flatMap((group) => membersOf(name, group)) },
    warnings: quorumWarnings(managers).map((message) => ({ message })),
  };
}

function groupOf(role: Role, machines: number, request: DeclareRequest): GroupDeclaration {
  const { driver, flags, engine = {}, install = { mode: 'auto' }, tlsSans = [] } = request;
  return { name: role, machines, role, availability: 'active', labels: {}, driver, flags, engine, install, tlsSans };
}

const isCount = (number: number) => Number.isSafeInteger(number) && number >= 0;

function notACount(flag: string, value: number, hint: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', `${flag}: ${value} is not a number of machines`, { hint });
}
