import type { Finding } from '../../../base/findings.js';
import { quote } from '../../../base/quote.js';
import { run, say, type Text } from '../../../base/text.js';
import type { CheckedMember } from './facts.js';

/** Values that must be unique, but are not because a host is a copy of another one. */
export function duplicateFindings(members: readonly CheckedMember[]): Finding[] {
  return [
    ...shared(
      members,
      ({ host }) => host?.machineId,
      (id, names): Finding => ({
        check: 'machine-id',
        level: 'fault',
        message: `${list(names)} have the same machine id ${id}: copies of one host get the same MAC addresses and leases`,
        fix: onAllButOne(names, 'sudo rm -f /etc/machine-id /var/lib/dbus/machine-id && sudo systemd-machine-id-setup && sudo reboot'),
      }),
    ),
    ...shared(
      members,
      ({ engine }) => engine?.id,
      (id, names): Finding => ({
        check: 'engine-id',
        level: 'fault',
        message: `The engines of ${list(names)} have the same id ${id}: their hosts are copies of each other`,
        fix: onAllButOne(names, `sudo rm -f ${idFile(members, names)} /etc/docker/key.json && sudo systemctl restart docker`),
      }),
    ),
    ...shared(
      members,
      ({ host }) => host?.hostname,
      (hostname, names): Finding => ({
        check: 'host-name',
        level: 'warning',
        message: `${list(names)} are all called ${hostname}: "docker node ls" shows one name for all of them`,
        fix: onAllButOne(names, 'sudo', 'hostnamectl', 'set-hostname', 'NAME'),
      }),
    ),
  ];
}

function shared(
  members: readonly CheckedMember[],
  value: (member: CheckedMember) => string | undefined,
  finding: (value: string, names: string[]) => Finding,
): Finding[] {
  const groups = new Map<string, string[]>();
  for (const member of members) {
    const key = value(member) ?? '';
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), member.name]);
  }
  return [...groups].filter(([, names]) => names.length > 1).map(([key, names]) => finding(key, names));
}

/** The file of the engine's id on the machine that the command is shown for. */
function idFile(members: readonly CheckedMember[], names: readonly string[]): string {
  const { engine } = members.find(({ name }) => name === names.at(-1)) ?? {};
  return quote(`${engine?.storage ?? '/var/lib/docker'}/engine-id`);
}

function onAllButOne(names: readonly string[], ...command: string[]): Text {
  return say`On all but one of them: ${run('ssh', names.at(-1) ?? 'NAME', ...command)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(names: readonly string[]): string {
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}

/** The machine of a finding, unless the finding is about several. */
export function subject(names: readonly string[]): Pick<Finding, 'machine'> {
  const [name, ...others] = names;
  return name === undefined || others.length > 0 ? {} : { machine: name };
}
