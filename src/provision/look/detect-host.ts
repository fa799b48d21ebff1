import { TsmachineError } from '../../base/errors.js';
import type { RemoteShell } from '../../base/shell.js';
import { parseAddresses } from './addresses.js';
import { findFamily } from '../families/table.js';
import type { EngineFacts, Firewall, HostFacts, Init, ServiceFacts } from './facts.js';
import { parseListeners } from './listeners.js';
import { parseOsRelease } from './os-release.js';
import { parseOwner } from './owner.js';
import { Report } from './report.js';

export type { HostFacts } from './facts.js';

/**
 * Collects the facts about a host with one remote command that changes nothing.
 * @throws TsmachineError REMOTE_COMMAND when the host's shell does not finish the script
 */
export async function detect(shell: RemoteShell, options: { signal: AbortSignal }): Promise<HostFacts> {
  options.signal.throwIfAborted();
  const { stdout } = await shell.rootScript('provision/detect.sh', {}, { timeout: 60_000 });
  return parseFacts(stdout);
}

/** Parses the output of detect.sh. */
export function parseFacts(output: string): HostFacts {
  const report = new Report(output);
  if (report.first('end') !== 'yes') {
    throw new TsmachineError('REMOTE_COMMAND', 'The host did not finish the detection script', {
      hint: 'The host needs a POSIX shell. Run the command with --debug to see what it answers',
    });
  }
  const os = parseOsRelease(report.text('os'));
  const states = unitStates(report.lines('state'));
  const service = serviceFacts(report, states);
  const engine = engineFacts(report, service, states);
  const addresses = parseAddresses(report.lines('address'));
  const owner = parseOwner(report.text('owner'));
  const firewall = firewallOf(report, states);
  return {
    os,
    family: findFamily(os),
    init: report.first('init') as Init,
    arch: report.first('arch'),
    hostname: report.first('hostname'),
    loopbackHosts: report.lines('hosts'),
    addresses:
      addresses.length > 0
        ? addresses
        : report
            .first('plain-addresses')
            .split(' ')
            .filter((ip) => ip !== ''),
    clock: Number(report.first('clock')),
    cloudInit: (report.first('cloud-init') || 'absent') as HostFacts['cloudInit'],
    snapDocker: report.has('snap'),
    storage: report.first('storage') || '/var/lib/docker',
    free: {
      ...kilobytes('var', report.first('free-var')),
      ...kilobytes('etc', report.first('free-etc')),
      ...kilobytes('docker', report.first('free-docker')),
    },
    selinux: report.first('selinux') === '1',
    ...(firewall === undefined ? {} : { firewall }),
    ...(engine ? { engine } : {}),
    service,
    listeners: parseListeners(report.lines('listen')),
    ...(owner ? { owner } : {}),
    config: {
      path: report.first('config-file') || '/etc/docker/daemon.json',
      ...(report.has('config-exists') ? { text: report.text('config') } : {}),
      sums: Object.fromEntries(
        report
          .lines('sum')
          .map((line) => line.split(/\s+/))
          .map(([sum = '', path = '']) => [path, sum]),
      ),
    },
  };
}

type States = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Blocks of `systemctl show`, one per unit, by the unit's Id. */
function unitStates(lines: readonly string[]): States {
  const states = new Map<string, Record<string, string>>();
  for (const block of lines.join('\n').split(/\n\s*\n/)) {
    const values = Object.fromEntries(
      block.split('\n').map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    states.set(values['Id'] ?? '', values);
  }
  return states;
}

function firewallOf(report: Report, states: States): Firewall | undefined {
  if (states.get('firewalld.service')?.['ActiveState'] === 'active') return 'firewalld';
  return report.first('firewall') === 'ufw' ? 'ufw' : undefined;
}

function serviceFacts(report: Report, states: States): ServiceFacts {
  const state = states.get('docker.service');
  return {
    unit: report.text('unit').trim(),
    environmentFiles: report.text('env-file'),
    active: state ? state['ActiveState'] === 'active' : report.has('service-active'),
    enabled: state ? state['UnitFileState'] === 'enabled' : report.has('service-enabled'),
    masked: ['docker.service', 'docker.socket'].filter((unit) => states.get(unit)?.['UnitFileState'] === 'masked'),
    missingPrograms: report.lines('no-program'),
    confD: report.text('conf-d'),
    profile: report.text('profile'),
  };
}

function engineFacts(report: Report, service: ServiceFacts, states: States): EngineFacts | undefined {
  const path = report.first('engine');
  if (path === '') return undefined;
  const [running = '', containers = '', liveRestore = '', storageDriver = ''] = report.first('info').split('|');
  const masked = states.get('docker.service')?.['UnitFileState'] === 'masked-runtime';
  return {
    path,
    version: /version ([^\s,]+)/.exec(report.first('engine-version'))?.[1] ?? running,
    running: service.active || running !== '',
    runningContainers: Number(containers === '' ? report.first('shims') : containers) || 0,
    liveRestore: liveRestore === 'true',
    storageDriver,
    incomplete: masked || report.lines('dpkg').some((line) => /\b(half-\w+|unpacked|triggers-\w+)$/.test(line)),
  };
}

function kilobytes<K extends string>(key: K, text: string): Partial<Record<K, number>> {
  return /^\d+$/.test(text) ? ({ [key]: Number(text) } as Record<K, number>) : {};
}
