import { TsmachineError } from '../../../src/base/errors.js';
import type { Switch } from '../api.js';

/** Windows's own switch with NAT and DHCP; its name is translated, its id is the same everywhere. */
export const defaultSwitch = 'c08cb7b8-9b3c-408e-8e30-5e16a3aeb444';

/**
 * The switch of a machine: the one that was asked for; otherwise the first external one, as in Docker Machine, or Windows's Default Switch.
 * @throws TsmachineError DRIVER_PRECHECK naming the switches that exist
 */
export function chooseSwitch(wanted: string, switches: readonly Switch[]): Switch {
  const found =
    wanted === ''
      ? (switches.find(({ type }) => type === 'External') ?? switches.find(({ id }) => id.toLowerCase() === defaultSwitch))
      : switches.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  const there = switches.map(({ name, type }) => `"${name}" (${type.toLowerCase()})`).join(', ');
  const hint = there === '' ? newSwitch : `Choose one of ${there} with --hyperv-virtual-switch`;
  if (wanted !== '') throw new TsmachineError('DRIVER_PRECHECK', `vswitch ${JSON.stringify(wanted)} not found`, { hint });
  const none = 'no External vswitch found. A valid vswitch must be available for this command to run';
  throw new TsmachineError('DRIVER_PRECHECK', none, { hint });
}

const newSwitch =
  'There is none. Create one as an administrator: New-VMSwitch -Name external -NetAdapterName Ethernet -AllowManagementOS $true';
