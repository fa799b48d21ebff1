import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { ProvisionResult } from '../../provision/provision.js';
import { engineTarget, runningEngineUrl } from '../../machine/engine/engine.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Machine } from '../../machine/machine.js';
import type { Session } from '../../machine/session.js';

const swarmMode = say`swarm mode has replaced it, and every engine has it (${run('swarm', 'init')})`;
const deprecation = say`Classic Swarm is no longer developed: ${swarmMode}`;

/**
 * Starts the containers of a classic swarm on a machine that was created with `--swarm` or `--swarm-master`.
 * @param certificates where provisioning put the engine's certificates on the host
 * @param settling milliseconds for which new containers are watched
 * @throws TsmachineError as configureClassic
 */
export async function configureSwarm(
  session: Session,
  machine: Machine,
  certificates: ProvisionResult['certificates'],
  settling = 2000,
): Promise<void> {
  const {
    SwarmOptions: options,
    EngineOptions: { Env: env },
  } = machine.config.HostOptions;
  const { io, signal, store } = session;
  io.info('Configuring swarm...');
  io.warn(deprecation);
  if (options.Discovery === '' && !env.some((assignment) => assignment.startsWith('SWARM_DISCOVERY='))) {
    io.warn('Without --swarm-discovery, the machines of the swarm will not find each other');
  }
  const target = await engineTarget(machine.config, await runningEngineUrl(machine));
  const [{ openEngine }, { engineAddress }, { configureClassic }] = await Promise.all([
    import('../../docker/client.js'),
    import('../../docker/call/target.js'),
    import('./configure.js'),
  ]);
  const at = engineAddress(target);
  if (at.kind !== 'tcp') throw new TsmachineError('MACHINE_STATE', `${machine.name} has no network address, which a classic swarm needs`);
  const address = at.text.slice(0, at.text.lastIndexOf(':'));
  const { fingerprint256: fingerprint } = new X509Certificate(await readFile(store.machine(machine.name).serverCert));
  const engine = openEngine(target, { signal });
  try {
    await configureClassic(engine, { options, address, enginePort: at.port, env, certificates, fingerprint }, io, { settling, signal });
  } finally {
    engine.close();
  }
}
