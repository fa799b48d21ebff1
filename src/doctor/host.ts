import { run, say } from '../base/text.js';
import { maskedUnits, unmask } from '../provision/plan/obstacles.js';
import { storeIdAt } from '../store/identity.js';
import { ifKnown, type Check } from './check.js';
import type { MachineSubject } from './machine-subject.js';

/** Seconds that a host's clock may be off: certificates begin a day early, but a swarm's tokens and joins do not. */
const skewWarning = 5;
const skewFault = 60;
/** Kilobytes. */
const megabyte = 1024;
/** Kilobytes that images and containers need. */
const diskFault = 200 * megabyte;
const diskWarning = 2048 * megabyte;

/** What a login says about the host: host key, clock, disk, engine service. */
export const hostChecks: readonly Check<MachineSubject>[] = [
  {
    name: 'host-key',
    async run({ name, hostKeyPinned }, found) {
      const pinned = await hostKeyPinned();
      if (pinned === true) found.ok('host-key', 'The host key is pinned');
      else if (pinned === false)
        found.warning('host-key', 'No host key is pinned: the next connection trusts any key', run('ssh', name, 'true'));
    },
  },
  {
    name: 'ssh',
    async run({ login }, found) {
      const { endpoint: ssh } = (await login()) ?? {};
      if (ssh) found.ok('ssh', `${ssh.user} can log in at ${ssh.host}:${ssh.port}`);
    },
  },
  {
    name: 'host',
    async run({ host }) {
      await host();
    },
  },
  {
    name: 'clock',
    async run({ name, host }, found) {
      const { clockSkew: skew } = (await ifKnown(host())) ?? {};
      if (skew === undefined) return;
      const off = Math.abs(skew);
      const text = `The clock of the host is ${off.toFixed(0)} s ${skew > 0 ? 'ahead of' : 'behind'} this computer's`;
      const fix = say`${run('ssh', name, 'sudo', 'timedatectl', 'set-ntp', 'true')} (or set this computer's clock)`;
      if (off > skewFault) found.fault('clock', `${text}: TLS and joining a swarm may fail`, fix);
      else if (off > skewWarning) found.warning('clock', text, fix);
      else found.ok('clock', 'The clocks agree');
    },
  },
  {
    name: 'disk',
    async run({ name, host }, found) {
      const { free, storage = '' } = (await ifKnown(host()))?.facts ?? {};
      const kilobytes = free?.docker ?? free?.var;
      if (kilobytes === undefined) return;
      const level = kilobytes < diskFault ? 'fault' : kilobytes < diskWarning ? 'warning' : 'ok';
      const message = `${Math.floor(kilobytes / megabyte)} MB are free for ${storage}`;
      found.add(level, 'disk', message, run('ssh', name, 'sudo', 'docker', 'system', 'df'));
    },
  },
  {
    name: 'engine-service',
    async run({ name, host }, found) {
      const { facts } = (await ifKnown(host())) ?? {};
      if (!facts) return;
      const { engine, service } = facts;
      const fix = run('provision', name);
      const masked = maskedUnits(facts);
      if (masked.length > 0)
        found.fault(
          'engine-service',
          `systemd refuses to start the engine: ${masked.join(', ')} masked`,
          say`${unmask(name, masked)}, then ${fix}`,
        );
      else if (!engine) found.fault('engine-service', 'There is no engine on the host', fix);
      else if (engine.incomplete) found.fault('engine-service', 'The installation of the engine was interrupted', fix);
      else if (!engine.running) found.fault('engine-service', `The engine ${engine.version} is not running`, fix);
      else if (!service.enabled) found.warning('engine-service', 'The engine runs, but does not start when the host boots', fix);
      else found.ok('engine-service', `The engine ${engine.version} runs, with ${engine.runningContainers} containers`);
    },
  },
  {
    name: 'engine-owner',
    async run({ session, name, host }, found) {
      const { owner } = (await ifKnown(host()))?.facts ?? {};
      if (!owner || owner.store === (await storeIdAt(session.store.root))) return;
      const whose = `machine "${owner.name}" of another store (${owner.by})`;
      const message = `The engine was configured last as ${whose}, and trusts that store's clients`;
      found.warning('engine-owner', message, say`To take it back: ${run('provision', name)}`);
    },
  },
];
