import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { thisComputer } from '../../../drivers/nspawn/computer.js';
import { buryWith } from '../../../drivers/nspawn/boot/power.js';
import { readConfig } from '../../../drivers/nspawn/config.js';
import { releaseAddress } from '../../../drivers/nspawn/network/addressing.js';
import { isMachineAddress, machineAddresses, parseCidr } from '../../../drivers/nspawn/network/cidr.js';
import { readRegistry } from '../../../drivers/nspawn/network/leases.js';
import { errorText } from '../../../src/base/errors.js';
import type { Lab, LabHost } from '../../helpers/lab.js';
import type { Ec2StandIn } from './index.js';
import type { KeptInstance, StateNote } from './types.js';

/** The stages in which cloud-init works while a host boots. */
const stages = ['init --local', 'init', 'modules --mode=config', 'modules --mode=final'];

/** What the cloud images of Debian and Ubuntu have. Without the last one every sudo asks name servers for the host's own name. */
const packages = 'cloud-init sudo libnss-myhostname';

/** Who may log in when the user data names nobody, by the owner of the image. */
const users: Readonly<Record<string, string>> = { ubuntu: 'ubuntu', debian: 'admin', al2023: 'ec2-user', amzn2: 'ec2-user' };

export interface BackingOptions {
  /** `image`: the engine is installed on the hosts, as by an image of the user's own; `machine`: nothing is. */
  readonly engine?: 'image' | 'machine';
  /** Name of an image, for its id. Default: Ubuntu's names. */
  readonly imageName?: (id: string) => Promise<string>;
}

/**
 * Plays the instances of a stand-in that was reset with `backed: true` by hosts of a lab. On its first boot cloud-init gets the user data of
 * RunInstances, byte for byte. Public and private address are the host's, another one after each stop. Security groups are not enforced.
 */
export class BackedInstances {
  readonly #cloud: Ec2StandIn;
  readonly #lab: Lab;
  readonly #options: BackingOptions;
  readonly #hosts = new Map<string, LabHost>();
  /** What each host is still busy with: its own changes come one after the other. */
  readonly #work = new Map<string, Promise<void>>();
  readonly #failures: Error[] = [];
  #over = false;
  readonly #loop: Promise<void>;

  constructor(cloud: Ec2StandIn, lab: Lab, options: BackingOptions = {}) {
    this.#cloud = cloud;
    this.#lab = lab;
    this.#options = options;
    this.#loop = this.#follow();
  }

  host(id: string): LabHost | undefined {
    return this.#hosts.get(id);
  }

  /** Removes all hosts. @throws what went wrong on any of them */
  async close(): Promise<void> {
    this.#over = true;
    await this.#loop;
    await Promise.all(this.#work.values());
    for (const host of this.#hosts.values()) await host.remove();
    const [failure] = this.#failures;
    if (failure) throw failure;
  }

  async #follow(): Promise<void> {
    let seen = 0;
    while (!this.#over) {
      const { states, reset } = await this.#cloud.notes(seen, 1);
      if (reset) return;
      seen += states.length;
      for (const note of states) {
        const before = this.#work.get(note.id) ?? Promise.resolve();
        this.#work.set(
          note.id,
          before.then(() => this.#play(note)).catch((error: unknown) => this.#fail(note, error)),
        );
      }
    }
  }

  async #fail({ id, state }: StateNote, error: unknown): Promise<void> {
    const failure = new Error(`the host of ${id}, ${state}: ${errorText(error)}`, { cause: error });
    this.#failures.push(failure);
    await this.#cloud.setInstance(id, { console: failure.message });
  }

  async #play({ id, state }: StateNote): Promise<void> {
    const host = this.#hosts.get(id);
    if (state === 'pending') await (host ? this.#start(id, host) : this.#boot(id));
    else if (state === 'reboot' && host) await this.#reboot(id, host);
    else if ((state === 'stopping' || state === 'stopped') && host) {
      await turnOff(host);
      if (state === 'stopping') await this.#cloud.setInstance(id, { state: 'stopped' });
    } else if (state === 'shutting-down' || state === 'terminated') {
      this.#hosts.delete(id);
      await host?.remove();
      if (state === 'shutting-down') await this.#cloud.setInstance(id, { state: 'terminated' });
    }
  }

  async #boot(id: string): Promise<void> {
    const instance = (await this.#cloud.instances()).find(({ shown }) => shown.InstanceId === id);
    if (instance === undefined) return;
    const host = await this.#lab.host(id, { engine: this.#options.engine ?? 'image' });
    this.#hosts.set(id, host);
    const name = (await this.#options.imageName?.(instance.shown.ImageId)) ?? 'ubuntu';
    await initialize(host, instance, users[/[a-z]+\d*/.exec(name)?.[0] ?? ''] ?? 'ubuntu');
    await this.#isUp(id, host);
  }

  async #start(id: string, host: LabHost): Promise<void> {
    const { machine } = host;
    const before = readConfig(machine.data);
    const ip = await changeAddress(host);
    await machine.driver.start(machine.data, machine.ctx);
    if (readConfig(machine.data).ip !== ip) throw new Error(`the host did not move from ${before.ip} to ${ip}`);
    await this.#isUp(id, host);
  }

  async #reboot(id: string, host: LabHost): Promise<void> {
    await turnOff(host);
    await host.machine.driver.start(host.machine.data, host.machine.ctx);
    await this.#tellConsole(id, host);
  }

  async #isUp(id: string, host: LabHost): Promise<void> {
    const { ip } = readConfig(host.machine.data);
    await this.#cloud.setInstance(id, { state: 'running', privateAddress: ip, publicAddress: ip });
    await this.#tellConsole(id, host);
  }

  async #tellConsole(id: string, host: LabHost): Promise<void> {
    const output = join(host.machine.ctx.machineDir, 'root', 'var', 'log', 'cloud-init-output.log');
    await this.#cloud.setInstance(id, { console: await readFile(output, 'utf8') });
  }
}

async function turnOff(host: LabHost): Promise<void> {
  await host.disconnect();
  if ((await host.machine.look()).state === 'Stopped') return;
  await host.machine.driver.stop(host.machine.data, host.machine.ctx);
}

/** The first boot, as the image would do it: the network is the lab's, everything else is cloud-init's. */
async function initialize(host: LabHost, { shown, userData, publicKey }: KeptInstance, user: string): Promise<void> {
  const settings = [
    'network: {config: disabled}',
    'datasource_list: [NoCloud]',
    `system_info: {default_user: {name: ${user}, groups: [adm, sudo], sudo: ["ALL=(ALL) NOPASSWD:ALL"], shell: /bin/bash}}`,
  ];
  const metaData = {
    'instance-id': shown.InstanceId,
    'local-hostname': `ip-${(shown.PrivateIpAddress ?? '').replaceAll('.', '-')}`,
    ...(publicKey === null ? {} : { 'public-keys': [publicKey] }),
  };
  const seed = '/var/lib/cloud/seed/nocloud';
  await host.run(`apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends ${packages}`);
  await host.run(`mkdir -p ${seed} && cat >/etc/cloud/cloud.cfg.d/98-lab.cfg`, { input: `${settings.join('\n')}\n` });
  await host.run(`cat >${seed}/meta-data`, { input: `${JSON.stringify(metaData)}\n` });
  await host.run(`base64 -d >${seed}/user-data`, { input: userData ?? '' });
  const log = '/var/log/cloud-init-output.log';
  // 2: done, with warnings, which the log has
  for (const stage of stages) await host.run(`cloud-init ${stage} >>${log} 2>&1 </dev/null`, { ok: [0, 2], timeout: 600_000 });
  await host.run('systemctl restart ssh');
  await host.disconnect();
}

/** Gives the host's address back and names the next one that is free, so that it comes up there. */
async function changeAddress({ machine }: LabHost): Promise<string> {
  const { ctx } = machine;
  const { id, ip, cidr } = readConfig(machine.data);
  const computer = thisComputer(ctx);
  const range = parseCidr(cidr);
  const { leases } = await readRegistry(computer.registryFile);
  const taken = new Set(Object.values(leases).map((lease) => lease.ip));
  const next = range && [...machineAddresses(range)].find((each) => !taken.has(each) && isMachineAddress(each, range));
  if (next === undefined) throw new Error(`no address is free beside ${ip}`);
  await releaseAddress(id, ctx, computer, buryWith(computer));
  await ctx.keep({ IPAddress: next });
  return next;
}
