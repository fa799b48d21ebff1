import { TsmachineError } from '../../base/errors.js';
import { evaluate, say, type Text } from '../../base/text.js';
import type { Io } from '../../base/io.js';
import type { Engine } from '../../docker/client.js';
import { created } from '../../docker/containers.js';
import { findImage, pullImage, type ImageFacts } from '../../docker/images.js';
import { ask, askFor } from '../../docker/shape.js';
import { classicContainers, type ClassicContainer, type ClassicMember } from './containers.js';
import { containerFacts, isSame } from './same.js';
import { refuseEnding, type Started, type Watch } from './watch.js';

/**
 * Starts the containers that make a machine a member of a classic swarm. A container that already has the right settings is kept, so that
 * this may be repeated after any interruption; a container of the same name with other settings is replaced.
 * @throws TsmachineError ENGINE_API, ENGINE_UNREACHABLE, ENGINE_TLS; the messages begin with Docker Machine's words for scripts;
 * SWARM_STATE for a container that does not keep running
 */
export async function configureClassic(engine: Engine, member: ClassicMember, io: Io, watch: Watch): Promise<void> {
  const started: Started[] = [];
  for (const container of classicContainers(member)) {
    const image = await ensureImage(engine, container.image, io);
    started.push(await ensureContainer(engine, container, image, io));
  }
  await refuseEnding(engine, started, watch);
}

async function ensureImage(engine: Engine, reference: string, io: Io): Promise<ImageFacts> {
  const { machine } = engine.target;
  const load = say`"docker load -i FILE" after ${evaluate('env', machine)}`;
  const hint = say`If no registry has it, load ${reference} into the engine (${load}), or name another image: --swarm-image`;
  return explained(
    'Unable to pull image',
    async () => {
      const present = await findImage(engine, reference);
      if (present) return present;
      io.progress(`Pulling ${reference}`);
      await pullImage(engine, reference);
      const pulled = await findImage(engine, reference);
      if (pulled) return pulled;
      throw new TsmachineError('ENGINE_API', `the engine of "${engine.target.machine}" does not have ${reference} after pulling it`);
    },
    hint,
  );
}

async function ensureContainer(engine: Engine, container: ClassicContainer, image: ImageFacts, io: Io): Promise<Started> {
  const { name, config } = container;
  const found = await explained(`Error while inspecting container ${name}`, () =>
    askFor(engine, containerFacts, `/containers/${name}/json`),
  );
  if (found && isSame(found, image, config)) {
    if (!found.State.Running) await start(engine, found.Id);
    return { container, id: found.Id, fresh: !found.State.Running };
  }
  if (found) {
    io.info(`Replacing container ${name}: it has other settings`);
    await explained('Error while removing container', () =>
      engine.request('DELETE', `/containers/${found.Id}`, { query: { force: true, v: true } }),
    );
  }
  const { Id: id } = await explained('Error while creating container', () =>
    ask(engine, created, 'POST', '/containers/create', { query: { name }, body: config }),
  );
  await start(engine, id);
  return { container, id, fresh: true };
}

async function start(engine: Engine, id: string): Promise<void> {
  await explained('Error while starting container', () => engine.request('POST', `/containers/${id}/start`));
}

/** Puts Docker Machine's words in front of the engine's error, but not of an interruption. */
async function explained<T>(what: string, work: () => Promise<T>, hint?: Text): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!TsmachineError.is(error) || error.code === 'CANCELLED') throw error;
    throw new TsmachineError(error.code, say`${what}: ${error.text}`, { cause: error, hint: error.hint ?? hint });
  }
}
