import { connectTo } from './connection.js';
import { TsmachineError } from './errors.js';
import { powerOn } from './lifecycle.js';
import { openMachine } from './machine.js';
import { detectHost, provisionHost } from './provision.js';
import type { Session } from './session.js';
import { settled } from './settled.js';
import { verifyEngine } from './verify.js';

export interface UpgradeOptions {
  readonly version?: string;
  /** Whether the machine takes its place in its swarm by itself; whoever works on the swarm says no. */
  readonly settle?: boolean;
}

/**
 * Upgrades the engine of a machine to the newest packages its host can have, starting a machine that is off (spec 2.8).
 * @param options.version `28`, `28.5` or `28.5.2`: the newest package it stands for
 * @throws TsmachineError MACHINE_STATE for a machine without SSH, and as provisioning does
 */
export async function upgradeMachine(session: Session, name: string, { settle = true, ...options }: UpgradeOptions = {}): Promise<void> {
  const { io, store, signal } = session;
  await store.lock(name, async () => {
    const machine = await openMachine(session, name);
    if (!machine.module.features.provision) {
      throw new TsmachineError('MACHINE_STATE', `${name} has no SSH: driver ${machine.module.name} knows only its engine`, {
        hint: 'Upgrade the engine on its own host',
      });
    }
    if (await machine.driver.state(machine.data, machine.ctx) !== 'Running') {
      io.info('Starting machine so machine can be upgraded...');
      await powerOn(session, machine);
    }
    const connection = await connectTo(session, machine);
    try {
      const facts = await detectHost(session, connection);
      const { upgradeEngine } = await import('../provision/upgrade.js');
      const { changed, restart } = await upgradeEngine(connection, facts, { machine: name, io, ...options });
      signal.throwIfAborted();
      if (changed.length === 0) {
        io.info(`${name} has the newest engine its packages offer: ${facts.engine?.version ?? ''}`);
      } else {
        for (const one of changed) io.info(one);
        await rememberVersion(session, name, options.version);
        io.info('Restarting docker...');
        await provisionHost(session, machine, connection, await detectHost(session, connection), false, restart);
      }
      const version = await verifyEngine(session, machine, facts);
      if (changed.length > 0) io.info(`"${name}" runs Docker ${version}.`);
    } finally {
      await connection.close();
    }
  }, { signal });
  if (settle) await settled(session, name);
}

/** What `create` was told to install is not what is wanted any more. */
async function rememberVersion({ store }: Session, name: string, version: string | undefined): Promise<void> {
  const facts = await store.readFacts(name);
  const { version: _before, ...install } = { ...(facts['engineInstall'] as { mode?: string; version?: string } | undefined) };
  await store.writeFacts(name, { ...facts, engineInstall: { mode: 'auto', ...install, ...(version === undefined ? {} : { version }) } });
}
