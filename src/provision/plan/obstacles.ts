import { TsmachineError } from '../../base/errors.js';
import { run, say, type Text } from '../../base/text.js';
import type { HostFacts, Listener } from '../look/facts.js';
import type { ProvisionRequest } from '../request.js';

type Asked = Pick<ProvisionRequest, 'machine' | 'port' | 'hostIsIpv6' | 'portFlag'>;

/**
 * Refuses, before anything is changed, what would keep the engine from starting.
 * @throws TsmachineError ENGINE_START for units that are masked, and for a port that another program uses
 */
export function refuseObstacles(facts: HostFacts, request: Asked): void {
  const masked = maskedUnits(facts);
  if (masked.length > 0) throw unitsMasked(request.machine, masked);
  const taken = takenBy(facts.listeners, request);
  if (taken) throw portTaken(request, taken);
}

/** The masked units that the engine cannot start without; none while it runs, since it does without them. */
export function maskedUnits({ service }: Pick<HostFacts, 'service'>): readonly string[] {
  if (service.active) return [];
  const needsSocket =
    service.unit === '' ||
    service.masked.includes('docker.service') ||
    /^(Requires|BindsTo|Requisite)=.*\bdocker\.socket\b/m.test(service.unit);
  return service.masked.filter((unit) => unit !== 'docker.socket' || needsSocket);
}

/** The command that takes the mask away. */
export function unmask(machine: string, units: readonly string[]): Text {
  return run('ssh', machine, 'sudo', 'systemctl', 'unmask', ...units);
}

export function unitsMasked(machine: string, units: readonly string[]): TsmachineError {
  const [are, them] = units.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return new TsmachineError('ENGINE_START', `${units.join(' and ')} of ${machine} ${are} masked: systemd refuses to start ${them}`, {
    hint: say`Somebody masked ${them} on the host. To allow the engine again: ${unmask(machine, units)}`,
  });
}

/** @param by the program that uses the port, as far as it is known */
export function portTaken({ machine, port, portFlag }: Asked, by?: Pick<Listener, 'program' | 'pid'>): TsmachineError {
  const { program = '', pid = '' } = by ?? {};
  const who = program === '' ? 'another program' : `${program} (process ${pid})`;
  const look = pid === '' ? run('ssh', machine, 'sudo', 'ss', '-ltnp') : run('ssh', machine, 'systemctl', 'status', pid);
  const other = portFlag === undefined ? '' : `, or remove the machine and create it with another port: --${portFlag} PORT`;
  return new TsmachineError('ENGINE_START', `Port ${port} of ${machine}, which its engine needs, is taken by ${who}`, {
    hint: say`Stop that program (to see it: ${look})${other}`,
  });
}

const engines = new Set(['dockerd', 'docker']);

/** Who listens at the engine's port and address, other than an engine. */
function takenBy(listeners: readonly Listener[], { port, hostIsIpv6 }: Asked): Listener | undefined {
  const every = ['0.0.0.0', '[::]', '::', '*'];
  const collides = ({ address }: Listener) => every.includes(address) || hostIsIpv6 || !address.includes('::');
  return listeners.find((listener) => listener.port === port && !engines.has(listener.program) && collides(listener));
}
