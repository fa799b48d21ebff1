import { TsmachineError } from '../../src/base/errors.js';
import { run, say } from '../../src/base/text.js';
import { unlessTimeout, waitFor } from '../../src/base/wait.js';
import { host } from '../../src/driver/kit/check.js';
import { numberOf, textOf } from '../../src/driver/kit/data.js';
import type { Driver, DriverContext, DriverData, Endpoint, Look, RemoteShell, State } from '../../src/driver/contract.js';
import { checkConfig, dockerUrl, jumpHosts, parseConfig, sshEndpoint, sshName } from './config.js';

const probeTimeout = 15_000;
const rebootTimeout = 300_000;

export const generic: Driver = {
  parse: async (input) => parseConfig(input),
  check: checkConfig,
  precheck,
  create,
  look,
  where: endpoint,
  start: (_data, ctx) => refuse(ctx, 'start'),
  stop: (_data, ctx) => refuse(ctx, 'stop'),
  kill: (_data, ctx) => refuse(ctx, 'kill'),
  restart,
  remove: () => Promise.resolve({ left: [] }),
};

async function precheck(data: DriverData, ctx: DriverContext): Promise<void> {
  const key = textOf(data, 'SSHKeyPath');
  if (key === '' || (await ctx.files.isReadable(key))) return;
  throw new TsmachineError('SSH_KEY_MISSING', `SSH key does not exist: ${JSON.stringify(key)}`, {
    hint: 'Give the private key of the host with --generic-ssh-key, or leave the flag out to use your agent and default keys',
  });
}

/** Writes down what the user's ssh configuration makes of the name: where the engine is reached, and who logs in where no flag says so. */
async function create(data: DriverData, ctx: DriverContext): Promise<void> {
  if (textOf(data, 'SSHKeyPath') === '') ctx.io.info('No SSH key specified. Assuming an existing key at the default location.');
  const name = sshName(data);
  const [user, port] = [textOf(data, 'SSHUser'), numberOf(data, 'SSHPort', 0)];
  const found = await ctx.sshHost(name, { ...(user === '' ? {} : { user }), ...(port === 0 ? {} : { port }) });
  if (host(found.host) !== undefined) {
    throw new TsmachineError(
      'FLAG_INVALID',
      `Your ssh configuration says that ${name} is ${JSON.stringify(found.host)}, which is no address`,
    );
  }
  await ctx.keep({
    IPAddress: found.host,
    SSHUser: user || (found.user ?? 'root'),
    SSHPort: port || (found.port ?? 22),
    ...(found.host === name ? {} : { SSHAlias: name }),
  });
}

function endpoint(data: DriverData): Endpoint {
  return { addresses: [{ ip: textOf(data, 'IPAddress'), scope: 'public' }], ssh: sshEndpoint(data), dockerUrl: dockerUrl(data) };
}

async function look(data: DriverData, ctx: DriverContext): Promise<Look> {
  const { dockerUrl: url, ...reached } = endpoint(data);
  const now = await state(data, ctx);
  return { state: now, ...reached, ...(now === 'Running' && url !== undefined ? { dockerUrl: url } : {}) };
}

/** A host behind a jump host has no address of its own here, so only a login tells; any other is asked for its SSH port. */
async function state(data: DriverData, ctx: DriverContext): Promise<State> {
  const ssh = sshEndpoint(data);
  const { host: address, proxied } = await ctx.sshHost(ssh.host, ssh);
  if (!proxied && jumpHosts(data).length === 0) return (await ctx.listens(address, ssh.port, probeTimeout)) ? 'Running' : 'Stopped';
  try {
    return await ctx.ssh(ssh, () => Promise.resolve('Running' as const));
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.io.debug(`not reachable through its jump host: ${TsmachineError.from(error).message}`);
    return 'Stopped';
  }
}

/** Reboots and waits for another boot id: the SSH port alone stays open for a while after `shutdown` returned. */
async function restart(data: DriverData, ctx: DriverContext): Promise<void> {
  const login = sshEndpoint(data);
  const before = await ctx.ssh(login, async (shell) => {
    const id = await bootId(shell);
    await shell.rootScript('generic/reboot.sh', {}, { timeout: 30_000, endsHost: true });
    return id;
  });
  const seen = { answers: false };
  const rebooted = await unlessTimeout(
    waitFor(
      async () => {
        try {
          const now = await ctx.ssh(login, bootId);
          seen.answers = true;
          return now === before ? undefined : now;
        } catch (error) {
          ctx.signal.throwIfAborted();
          ctx.io.debug(`waiting for the reboot: ${TsmachineError.from(error).message}`);
          seen.answers = false;
          return undefined;
        }
      },
      { timeout: rebootTimeout, interval: 1000, maxInterval: 3000, signal: ctx.signal, what: 'a reboot' },
    ),
  );
  if (rebooted !== undefined) return;
  const name = ctx.machineName;
  const within = `within ${rebootTimeout / 1000} s`;
  throw seen.answers
    ? new TsmachineError('WAIT_TIMEOUT', `${name} was told to reboot, but did not do so ${within}`, {
        hint: run('ssh', name, 'systemctl', 'list-jobs'),
      })
    : new TsmachineError('WAIT_TIMEOUT', `${name} went down for its reboot, but did not come back ${within}`, {
        hint: run('status', name),
      });
}

async function bootId(shell: RemoteShell): Promise<string> {
  return (await shell.exec('cat /proc/sys/kernel/random/boot_id')).stdout.trim();
}

function refuse(ctx: DriverContext, verb: string): Promise<never> {
  return Promise.reject(
    new TsmachineError('DRIVER_NO_POWER', `generic driver does not support ${verb}`, {
      hint: say`Nothing here can switch ${ctx.machineName} on or off. ${run('restart', ctx.machineName)} reboots it over SSH`,
    }),
  );
}
