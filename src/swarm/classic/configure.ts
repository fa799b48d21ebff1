import { TsmachineError } from '../../base/errors.js';
import type { Io } from '../../base/io.js';
import type { Engine } from '../../docker/client.js';
import { findImage, pullImage, type ImageFacts } from '../../docker/images.js';
import { classicContainers, type ClassicContainer, type ClassicMember } from './containers.js';
import { isSame, type ContainerFacts } from './same.js';

/**
 * Makes a machine the member of a classic swarm that its options say. A container that is right already is kept, so that this may be
 * repeated after any interruption; one of the name that differs is replaced.
 * @throws TsmachineError with Docker Machine's words in front (spec 7): ENGINE_API, ENGINE_UNREACHABLE, ENGINE_TLS
 */
export async function configureClassic(engine: Engine, member: ClassicMember, io: Io): Promise<void> {
  for (const container of classicContainers(member)) {
    const image = await ensureImage(engine, container.image, io);
    await ensureContainer(engine, container, image, io);
  }
}

async function ensureImage(engine: Engine, reference: string, io: Io): Promise<ImageFacts> {
  const hint = `Where no registry has it: load ${reference} into the engine of ${engine.target.machine} with "docker load"`;
  return explained(
    'Unable to pull image',
    async () => {
      const present = await findImage(engine, reference);
      if (present) return present;
      io.progress(`Pulling ${reference}`);
      await pullImage(engine, reference);
      const pulled = await findImage(engine, reference);
      if (pulled) return pulled;
      throw new TsmachineError('ENGINE_API', `the engine of "${engine.target.machine}" has no ${reference} after pulling it`);
    },
    hint,
  );
}

async function ensureContainer(engine: Engine, { name, config }: ClassicContainer, image: ImageFacts, io: Io): Promise<void> {
  const found = await explained(`Error while looking at container ${name}`, () => engine.find<ContainerFacts>(`/containers/${name}/json`));
  if (found && isSame(found, image, config)) {
    if (!found.State.Running) await start(engine, found.Id);
    return;
  }
  if (found) {
    io.info(`Replacing container ${name}: it was made with other settings`);
    await explained('Error while removing container', () =>
      engine.request('DELETE', `/containers/${found.Id}`, { query: { force: true, v: true } }),
    );
  }
  const { Id: id } = await explained('Error while creating container', () =>
    engine.request<{ Id: string }>('POST', '/containers/create', { query: { name }, body: config }),
  );
  await start(engine, id);
}

async function start(engine: Engine, id: string): Promise<void> {
  await explained('Error while starting container', () => engine.request('POST', `/containers/${id}/start`));
}

/** Docker Machine's words in front of the engine's; an interruption stays as it is. */
async function explained<T>(what: string, work: () => Promise<T>, hint?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!TsmachineError.is(error) || error.code === 'CANCELLED') throw error;
    throw new TsmachineError(error.code, `${what}: ${error.message}`, { cause: error, hint: error.hint ?? hint });
  }
}
