import { join } from 'node:path';

import type { Computer } from '../api.js';
import { writeRegistry, type Before, type Registry } from './leases.js';

export const forwardingFile = '/proc/sys/net/ipv4/ip_forward';

/**
 * Remembers the computer's settings before they are changed, then turns forwarding on. After a reboot of the computer they are
 * remembered anew. The caller holds the network lock.
 */
export async function openComputer(registry: Registry, computer: Computer): Promise<Registry> {
  const { bootId } = await computer.facts();
  let remembered = registry;
  if (registry.before?.bootId !== bootId) {
    remembered = {
      ...registry,
      before: { bootId, forwarding: await computer.setting(forwardingFile), controllers: await handedOn(computer) },
    };
    await writeRegistry(remembered, computer.registryFile);
  }
  await computer.set(forwardingFile, '1');
  return remembered;
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
  if (before.forwarding !== '1' && !(await othersForward(computer))) await computer.set(forwardingFile, before.forwarding);
  const ours = (await handedOn(computer)).filter((name) => !before.controllers.includes(name));
  if (ours.length > 0) await computer.set(await controllersFile(computer), ours.map((name) => `-${name}`).join(' '));
}

/** Somebody who came after us (an engine on this computer, say) counts on forwarding too when addresses are still translated. */
async function othersForward(computer: Computer): Promise<boolean> {
  const { stdout } = await computer.run('iptables', ['-w', '-t', 'nat', '-S', 'POSTROUTING']);
  return /-j (MASQUERADE|SNAT)/.test(stdout);
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
