import { join } from 'node:path';

import { TsmachineError, whyUnusable } from '../../../src/base/errors.js';
import { say } from '../../../src/base/text.js';
import type { Computer } from '../api.js';
import { writeRegistry, type Before, type Registry } from './leases.js';

export const forwardingFile = '/proc/sys/net/ipv4/ip_forward';
export const inotifyFile = '/proc/sys/fs/inotify/max_user_instances';

/** The kernel's default, left to the computer itself. */
const ownInstances = 128;
/** For systemd, its services, an engine, and containers: root in a machine is root on this computer. */
const machineInstances = 16;

/**
 * Remembers the computer's settings before they are changed, then turns forwarding on and lets root have the inotify instances that its
 * machines need. The registry is written before anything changes. After a reboot of the computer the settings are remembered anew. The
 * caller holds the network lock.
 * @throws TsmachineError DRIVER_FAILED when the kernel refuses a setting
 */
export async function openComputer(registry: Registry, computer: Computer): Promise<Registry> {
  const remembered = await withInotify(await withBefore(registry, computer), computer);
  await writeRegistry(remembered, computer.registryFile);
  const { inotify } = remembered.before;
  if (inotify && Number(await computer.setting(inotifyFile)) < Number(inotify.ours)) await change(computer, inotifyFile, inotify.ours);
  if ((await computer.setting(forwardingFile)) !== '1') {
    // Who forwards nothing must not begin to forward for strangers because machines need it. Docker does the same.
    await setForwardPolicy('DROP', computer);
    await change(computer, forwardingFile, '1');
  }
  return remembered;
}

type Remembered = Registry & { readonly before: Before };

async function withBefore(registry: Registry, computer: Computer): Promise<Remembered> {
  const { bootId } = await computer.facts();
  const { before } = registry;
  if (before?.bootId === bootId) return { ...registry, before };
  const [forwarding, forwardPolicy, translations, controllers] = [
    await computer.setting(forwardingFile),
    await forwardPolicyOf(computer),
    await translationsOf(computer),
    await handedOn(computer),
  ];
  return { ...registry, before: { bootId, forwarding, forwardPolicy, translations, controllers } };
}

/** Without them machines end while they boot, from about the 33rd on, and their systemd does not say why. */
async function withInotify(registry: Remembered, computer: Computer): Promise<Remembered> {
  const needed = ownInstances + machineInstances * Object.keys(registry.leases).length;
  const now = await computer.setting(inotifyFile);
  if (now === '' || Number(now) >= needed) return registry;
  const { before } = registry;
  return { ...registry, before: { ...before, inotify: { was: before.inotify?.was ?? now, ours: String(needed) } } };
}

async function change(computer: Computer, file: string, value: string): Promise<void> {
  await computer.set(file, value).catch((error: unknown) => {
    throw new TsmachineError('DRIVER_FAILED', say`The machines of this computer need ${value} in ${file}: ${whyUnusable(error)}`, {
      cause: error,
      hint: `As root on the computer itself: echo ${value} > ${file}`,
    });
  });
}

/** What becomes of forwarded packets that no rule names: ACCEPT or DROP. */
async function forwardPolicyOf(computer: Computer): Promise<string> {
  const { stdout } = await computer.run('iptables', ['-w', '-S', 'FORWARD']);
  return /^-P FORWARD (\w+)/m.exec(stdout)?.[1] ?? 'ACCEPT';
}

async function setForwardPolicy(policy: string, computer: Computer): Promise<void> {
  await computer.run('iptables', ['-w', '-P', 'FORWARD', policy]);
}

/** Puts the computer's settings back when the last machine has gone. */
export async function closeComputer(registry: Registry, computer: Computer): Promise<Registry> {
  const { before, ...rest } = registry;
  const { bootId } = await computer.facts();
  if (before?.bootId === bootId) await putBack(before, computer);
  await closeNamespaceFolder(computer);
  return rest;
}

async function putBack(before: Before, computer: Computer): Promise<void> {
  const { inotify, forwardPolicy } = before;
  if (before.forwarding !== '1' && !(await othersForward(before, computer))) {
    await computer.set(forwardingFile, before.forwarding);
    if (forwardPolicy !== undefined) await setForwardPolicy(forwardPolicy, computer);
  }
  if (inotify && (await computer.setting(inotifyFile)) === inotify.ours) await computer.set(inotifyFile, inotify.was);
  const ours = (await handedOn(computer)).filter((name) => !before.controllers.includes(name));
  if (ours.length > 0) await computer.set(await controllersFile(computer), ours.map((name) => `-${name}`).join(' '));
}

/** Somebody who came after us (an engine on this computer, say) counts on forwarding too when addresses are still translated. */
async function othersForward(before: Before, computer: Computer): Promise<boolean> {
  return (await translationsOf(computer)).some((rule) => !before.translations?.includes(rule));
}

/** The rules by which packets leave the computer under another address. */
async function translationsOf(computer: Computer): Promise<string[]> {
  const { stdout } = await computer.run('iptables', ['-w', '-t', 'nat', '-S', 'POSTROUTING']);
  return stdout.split('\n').filter((rule) => /-j (MASQUERADE|SNAT)/.test(rule));
}

/** Only under cgroup v2 without systemd do we hand controllers on ourselves. */
async function handedOn(computer: Computer): Promise<string[]> {
  const { systemd, cgroups } = await computer.facts();
  if (systemd || cgroups?.version !== 2) return [];
  return (await computer.setting(await controllersFile(computer))).split(' ').filter((name) => name !== '');
}

async function controllersFile(computer: Computer): Promise<string> {
  return join((await computer.facts()).cgroups?.track ?? '', 'cgroup.subtree_control');
}

/** `ip netns add` mounts its folder onto itself on the first call; without any namespace that mount is of no use. */
async function closeNamespaceFolder(computer: Computer): Promise<void> {
  const { stdout } = await computer.run('ip', ['netns', 'list']);
  if (stdout.trim() !== '') return;
  for (const point of await computer.mountsBelow('/run/netns')) await computer.run('umount', [point], { ok: [0, 1, 32] });
}
