import { TsmachineError } from '../base/errors.js';
import { isWithin } from '../base/network/ip-network.js';
import { run } from '../base/text.js';
import { ifKnown, type Check } from './check.js';
import type { MachineSubject } from './machine-subject.js';

/**
 * Whether the firewall of the provider keeps this computer out. Nobody is asked about a machine that accepts a login and whose engine
 * answers.
 */
export const accessChecks: readonly Check<MachineSubject>[] = [
  {
    name: 'access',
    async run({ name, session, running, login, engine }, found) {
      const machine = await running();
      if (!machine?.driver.access) return;
      const [shell, version] = await Promise.all([ifKnown(login()), ifKnown(engine())]);
      if (shell && version) {
        found.ok('access', 'This computer reaches it');
        return;
      }
      try {
        const { allowed, here, fixed } = await machine.driver.access(machine.data, machine.ctx);
        if (here === undefined) return;
        const from = allowed.length === 0 ? 'nobody' : allowed.join(', ');
        if (allowed.some((network) => isWithin(here, network))) found.ok('access', `Its firewall lets this computer in (${here})`);
        else found.fault('access', `Its firewall lets in ${from}, but this computer is ${here}`, fixed ?? run('allow', name));
      } catch (error) {
        session.signal.throwIfAborted();
        const { text, hint } = TsmachineError.from(error);
        found.warning('access', text, hint);
      }
    },
  },
];
