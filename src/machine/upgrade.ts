import type { HostFacts } from '../provision/look/detect-host.js';
import { connectTo } from './access/connection.js';
import { withoutSsh } from './access/reachable.js';
import { powerOn } from './lifecycle.js';
import { openMachine, type Machine } from './machine.js';
import { detectHost, installOf, provisionHost } from './provision.js';
import type { Facts } from '../store/facts.js';
import { tellFollowers, type Session } from './session.js';
import { newerImage, systemImages, upgradeToImage } from './upgrade-image.js';
import { verifyEngine } from './engine/verify.js';

export interface UpgradeOptions {
  readonly version?: string;
}

/**
 * Upgrades the engine of a machine to the newest packages for its host, or to the newest image that it can boot from. A machine that is
 * off is started first.
 * @param options.version `28`, `28.5` or `28.5.2`: the newest package that matches
 * @throws TsmachineError MACHINE_STATE for a machine without SSH, and as provisioning does
 */
export async function upgradeMachine(session: Session, name: string, options: UpgradeOptions = {}): Promise<void> {
  const { io, store, signal } = session;
  await store.lock(
    name,
    async () => {
      const machine = await openMachine(session, name);
      if (!machine.module.features.provision) throw withoutSsh(machine, 'Upgrade the engine on its own host');
      const images = await systemImages(machine);
      if (images) return upgradeToImage(session, machine, images, options.version);
      if ((await machine.look()).state !== 'Running') {
        io.info('Starting machine so machine can be upgraded...');
        await powerOn(session, machine);
      }
      const connection = await connectTo(session, machine);
      try {
        const facts = await detectHost(session, connection);
        const { upgradeEngine } = await import('../provision/upgrade.js');
        const { changed, restart } = await upgradeEngine(connection, facts, {
          machine: name,
          io,
          ...options,
          ...removalsOf(await store.readFacts(name)),
        });
        signal.throwIfAborted();
        const behind = changed.length === 0 && (await isBehind(session, machine, facts));
        if (changed.length === 0 && !behind) {
          io.info(`${name} already runs the newest engine that its packages offer: ${facts.engine?.version ?? ''}`);
        } else {
          for (const one of changed) io.info(one);
          await rememberVersion(session, name, options.version);
          io.info('Restarting docker...');
          await provisionHost(session, machine, connection, await detectHost(session, connection), false, restart || behind);
        }
        const version = await verifyEngine(session, machine, { facts, connection });
        if (changed.length > 0 || behind) io.info(`"${name}" runs Docker ${version}.`);
      } finally {
        await connection.close();
      }
    },
    { signal },
  );
  await tellFollowers(session, (follower) => follower.returned?.(session, name));
}

/**
 * What an upgrade of this machine would change: a line for each package, and one for an engine that was not restarted after its packages
 * were upgraded. Changes nothing. @throws as upgradeMachine; MACHINE_STATE for a machine that is off
 */
export async function newerOn(session: Session, name: string, options: { version?: string } = {}): Promise<string[]> {
  const machine = await openMachine(session, name);
  const images = await systemImages(machine);
  if (images) return newerImage(images);
  const connection = await connectTo(session, machine);
  try {
    const facts = await detectHost(session, connection);
    const { newerEngine } = await import('../provision/upgrade.js');
    const newer = await newerEngine(connection, facts, { machine: name, io: session.io, ...options });
    if (newer.length > 0) return newer;
    return (await isBehind(session, machine, facts)) ? [`engine ${facts.engine?.version ?? ''} is installed but not running`] : [];
  } finally {
    await connection.close();
  }
}

/** An interrupted upgrade leaves newer packages, and an engine that is down or still the old one. */
async function isBehind(session: Session, machine: Machine, { engine }: HostFacts): Promise<boolean> {
  if (!engine || engine.version === '') return false;
  return !engine.running || (await verifyEngine(session, machine)) !== engine.version;
}

function removalsOf(facts: Pick<Facts, 'engineInstall'>): { allowRemovals?: boolean } {
  const { allowRemovals } = installOf(facts);
  return allowRemovals === undefined ? {} : { allowRemovals };
}

/** The version that was asked for at the creation, if any, no longer applies: a later `provision` has to keep the new one. */
async function rememberVersion({ store }: Session, name: string, version: string | undefined): Promise<void> {
  const facts = await store.readFacts(name);
  const { version: _, ...kept } = installOf(facts);
  await store.writeFacts(name, { ...facts, engineInstall: { ...kept, ...(version === undefined ? {} : { version }) } });
}
