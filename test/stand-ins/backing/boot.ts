import { buryWith } from '../../../drivers/nspawn/boot/power.js';
import { thisComputer } from '../../../drivers/nspawn/computer.js';
import { readConfig } from '../../../drivers/nspawn/config.js';
import { releaseAddress } from '../../../drivers/nspawn/network/addressing.js';
import { isMachineAddress, machineAddresses, parseCidr } from '../../../drivers/nspawn/network/cidr.js';
import { readRegistry } from '../../../drivers/nspawn/network/leases.js';
import type { LabHost } from '../../helpers/lab.js';
import { installCloudInit } from './packages.js';

/** What cloud-init finds on an instance. */
export interface Guest {
  readonly id: string;
  readonly hostname: string;
  /** Who may log in when the user data names nobody: the image's own. */
  readonly user: string;
  readonly userData: Buffer;
  /** Of the cloud's key pair. */
  readonly publicKey?: string;
}

/** The stages in which cloud-init works while a host boots. */
const stages = ['init --local', 'init', 'modules --mode=config', 'modules --mode=final'];

/** The first boot, as the image would do it: the network is the lab's, everything else is cloud-init's. */
export async function bootFirst(host: LabHost, { id, hostname, user, userData, publicKey }: Guest): Promise<void> {
  const settings = [
    'network: {config: disabled}',
    'datasource_list: [NoCloud]',
    `system_info: {default_user: {name: ${user}, groups: [adm, sudo], sudo: ["ALL=(ALL) NOPASSWD:ALL"], shell: /bin/bash}}`,
  ];
  const metaData = { 'instance-id': id, 'local-hostname': hostname, ...(publicKey === undefined ? {} : { 'public-keys': [publicKey] }) };
  const seed = '/var/lib/cloud/seed/nocloud';
  await installCloudInit(host);
  await host.run(`mkdir -p ${seed} && cat >/etc/cloud/cloud.cfg.d/98-lab.cfg`, { input: `${settings.join('\n')}\n` });
  await host.run(`cat >${seed}/meta-data`, { input: `${JSON.stringify(metaData)}\n` });
  await host.run(`base64 -d >${seed}/user-data`, { input: userData.toString('base64') });
  const log = '/var/log/cloud-init-output.log';
  // 2: done, with warnings, which the log has
  for (const stage of stages) await host.run(`cloud-init ${stage} >>${log} 2>&1 </dev/null`, { ok: [0, 2], timeout: 600_000 });
  await host.run('systemctl restart ssh');
  await host.disconnect();
}

export async function turnOff(host: LabHost): Promise<void> {
  await host.disconnect();
  if ((await host.machine.look()).state === 'Stopped') return;
  await host.machine.driver.stop(host.machine.data, host.machine.ctx);
}

/** Addresses of hosts that are about to come up: the lab knows of them only when they have. */
const promised = new Set<string>();

/** Gives the host's address back and starts it at the next one that is free. @returns that one */
export async function startElsewhere(host: LabHost): Promise<string> {
  const { machine } = host;
  const before = readConfig(machine.data).ip;
  const ip = await changeAddress(host);
  try {
    await machine.driver.start(machine.data, machine.ctx);
  } finally {
    promised.delete(ip);
  }
  if (readConfig(machine.data).ip !== ip) throw new Error(`the host did not move from ${before} to ${ip}`);
  return ip;
}

async function changeAddress({ machine }: LabHost): Promise<string> {
  const { ctx } = machine;
  const { id, ip, cidr } = readConfig(machine.data);
  const computer = thisComputer(ctx);
  const range = parseCidr(cidr);
  const { leases } = await readRegistry(computer.registryFile);
  const taken = new Set(Object.values(leases).map((lease) => lease.ip));
  const next =
    range && [...machineAddresses(range)].find((each) => !taken.has(each) && !promised.has(each) && isMachineAddress(each, range));
  if (next === undefined) throw new Error(`no address is free beside ${ip}`);
  promised.add(next);
  await releaseAddress(id, ctx, computer, buryWith(computer));
  await ctx.keep({ IPAddress: next });
  return next;
}
