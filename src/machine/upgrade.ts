import type { HostFacts } from '../provision/look/detect.js';
import { connectTo } from './access/connection.js';
import { TsmachineError } from '../base/errors.js';
import { powerOn } from './lifecycle.js';
import { openMachine, type Machine } from './machine.js';
import { detectHost, provisionHost } from './provision.js';
import { tellFollowers, type Session } from './session.js';
import { newerImage, systemImages, upgradeToImage } from './upgrade-image.js';
import { verifyEngine } from './engine/verify.js';

export interface UpgradeOptions {
  readonly version?: string;
}

/**
 * Upgrades the engine of a machine to the newest packages its host can have, or the newest image it can boot from, starting a machine
 * that is off (spec 2.8).
 * @param options.version `28`, `28.5` or `28.5.2`: the newest package it stands for
 * @throws TsmachineError MACHINE_STATE for a machine without SSH, and as provisioning does
 */
export async function upgradeMachine(session: Session, name: string, options: UpgradeOptions = {}): Promise<void> {
  const { io, store, signal } = session;
  await store.lock(
    name,
    async () => {
      const machine = await openMachine(session, name);
      if (!machine.module.features.provision) {
        throw new TsmachineError('MACHINE_STATE', `${name} has no SSH: driver ${machine.module.name} knows only its engine`, {
          hint: 'Upgrade the engine on its own host',
        });
      }
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
        const { changed, restart } = await upgradeEngine(connection, facts, { machine: name, io, ...options });
        signal.throwIfAborted();
        const behind = changed.length === 0 && (await isBehind(session, machine, facts));
        if (changed.length === 0 && !behind) {
          io.info(`${name} has the newest engine its packages offer: ${facts.engine?.version ?? ''}`);
        } else {
          for (const one of changed) io.info(one);
          await rememberVersion(session, name, options.version);
          io.info('Restarting docker...');
          await provisionHost(session, machine, connection, await detectHost(session, connection), false, restart || behind);
        }
        const version = await verifyEngine(session, machine, facts);
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
 * What an upgrade of this machine would bring, a line for each package, and for an engine that has not been restarted since its packages
 * are newer. Changes nothing. @throws as upgradeMachine; MACHINE_STATE for a machine that is off
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

/** An upgrade that stopped in its middle left newer packages, and an engine that is down or still the old one. */
async function isBehind(session: Session, machine: Machine, { engine }: HostFacts): Promise<boolean> {
  if (!engine || engine.version === '') return false;
  return !engine.running || (await verifyEngine(session, machine)) !== engine.version;
}

/** What `create` was told to install is not what is wanted any more. */
async function rememberVersion({ store }: Session, name: string, version: string | undefined): Promise<void> {
  const facts = await store.readFacts(name);
  const { version: _before, ...install } = { ...(facts['engineInstall'] as { mode?: string; version?: string } | undefined) };
  await store.writeFacts(name, { ...facts, engineInstall: { mode: 'auto', ...install, ...(version === undefined ? {} : { version }) } });
}
