import { TsmachineError } from '../base/errors.js';
import type { Look, LookFailure } from '../driver/contract.js';
import type { HostConfig } from '../store/config/schema.js';
import { accountContext, accountsOf } from './access/driver-context.js';
import type { Machine } from './machine.js';
import type { Session } from './session.js';

type Answers = Promise<ReadonlyMap<string, Look | LookFailure>>;

/** Looks at many machines: those of one driver and account with one question, where the driver can. */
export class LookTogether {
  readonly #session: Session;
  readonly #configs: readonly HostConfig[];
  /** By driver and account. */
  readonly #asked = new Map<string, Answers>();

  /** @param configs every machine that may be looked at */
  constructor(session: Session, configs: readonly HostConfig[]) {
    this.#session = session;
    this.#configs = configs;
  }

  /** How one of them is now. @throws the failure of this machine, or of its whole account */
  async look(machine: Machine): Promise<Look> {
    const { driver, module, name } = machine;
    const beside = driver.lookAll ? this.#configs.filter((config) => config.DriverName === module.name) : [];
    if (!driver.lookAll || beside.length < 2) return machine.look();
    const accountOf = accountsOf(this.#session, machine);
    const account = accountOf(machine.data);
    const group = () =>
      new Map(beside.filter(isReadable).flatMap(({ Name, Driver }) => (accountOf(Driver) === account ? [[Name, Driver] as const] : [])));
    const isReadable = ({ Name, Driver }: HostConfig) => {
      try {
        driver.check(Driver, { machineDir: this.#session.store.machine(Name).dir });
        return true;
      } catch {
        return false; // its own row says why
      }
    };
    const asked = this.#asked.get(account) ?? driver.lookAll(group(), accountContext(this.#session, module));
    this.#asked.set(account, asked);
    const answer = (await asked).get(name);
    if (!answer) throw new TsmachineError('DRIVER_FAILED', `Driver ${module.name} gave no answer for ${name}`);
    if ('error' in answer) throw TsmachineError.from(answer.error, 'DRIVER_FAILED');
    return answer;
  }
}
