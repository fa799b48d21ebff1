import type { SshConnection } from '../ssh/types.js';
import { clockSkew } from '../provision/look/clock.js';
import type { HostFacts } from '../provision/look/detect.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';

/** Seconds a host's clock may be off: certificates begin a day early, but tokens and joins of a swarm do not. */
const skewWarning = 5;
const skewFault = 60;
const megabyte = 1024;
/** Kilobytes that images and containers need to live on. */
const diskFault = 200 * megabyte;
const diskWarning = 2048 * megabyte;

/** What a look at the host itself tells: clock, disk, engine service. */
export async function checkHost(
  session: Session,
  found: Findings,
  name: string,
  connection: SshConnection,
): Promise<HostFacts | undefined> {
  const started = Date.now();
  const facts = await found.attempt('host', async () => {
    const { detect } = await import('../provision/look/detect.js');
    return detect(connection, { signal: session.signal });
  });
  if (!facts) return undefined;
  tellClock(found, name, clockSkew(facts.clock, started, Date.now()));
  tellDisk(found, name, facts);
  tellService(found, name, facts);
  return facts;
}

function tellClock(found: Findings, name: string, skew: number): void {
  const off = Math.abs(skew);
  const text = `The clock of the host is ${off.toFixed(0)} s ${skew > 0 ? 'ahead of' : 'behind'} this computer's`;
  const fix = `tsmachine ssh ${name} sudo timedatectl set-ntp true (or put this computer's clock right)`;
  if (off > skewFault) found.fault('clock', `${text}: TLS and swarm joins may fail`, fix);
  else if (off > skewWarning) found.warning('clock', text, fix);
  else found.ok('clock', 'The clocks agree');
}

function tellDisk(found: Findings, name: string, { free }: HostFacts): void {
  const kilobytes = free.docker ?? free.var;
  if (kilobytes === undefined) return;
  const message = `${Math.floor(kilobytes / megabyte)} MB are free for /var/lib/docker`;
  const level = kilobytes < diskFault ? 'fault' : kilobytes < diskWarning ? 'warning' : 'ok';
  found.add(level, 'disk', message, `tsmachine ssh ${name} sudo docker system df`);
}

function tellService(found: Findings, name: string, { engine, service }: HostFacts): void {
  const fix = `tsmachine provision ${name}`;
  if (!engine) found.fault('engine-service', 'There is no engine on the host', fix);
  else if (engine.incomplete) found.fault('engine-service', 'The installation of the engine was interrupted', fix);
  else if (!engine.running) found.fault('engine-service', `The engine ${engine.version} is not running`, fix);
  else if (!service.enabled) found.warning('engine-service', 'The engine runs, but will not start with the host', fix);
  else found.ok('engine-service', `The engine ${engine.version} runs, with ${engine.runningContainers} containers`);
}
