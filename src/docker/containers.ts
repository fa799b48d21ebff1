import type { IncomingMessage } from 'node:http';

import { messageOf, TsmachineError } from '../base/errors.js';
import { say } from '../base/text.js';
import { engineError } from './call/answer.js';
import type { Asked } from './call/answer.js';
import type { Engine } from './client.js';
import { framesOf } from './frames.js';
import { ask, id as containerId, number, object } from './shape.js';

export { importImage, pullImage } from './images.js';

export interface RunRequest {
  readonly image: string;
  readonly cmd: readonly string[];
  readonly name?: string;
  /** `NAME=value` each. */
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** The engine's HostConfig object: binds, ports, network mode, limits. */
  readonly hostConfig?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Milliseconds without output until the run fails; default 60 000, 0 waits forever. */
  readonly timeout?: number;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The answer of `POST /containers/create`. */
export const created = object({ Id: containerId }, {});
const ended = object({ StatusCode: number }, {});

/** Bytes of a program's output that are kept; a hostile one must not fill the memory. */
const longestOutput = 16 * 2 ** 20;

/**
 * Runs a program in a new container, waits until it ends and removes the container, also after an error.
 * @throws TsmachineError ENGINE_API (a missing image, a program that cannot start), ENGINE_UNREACHABLE
 */
export async function runContainer(engine: Engine, request: RunRequest): Promise<RunResult> {
  const options = request.signal === undefined ? {} : { signal: request.signal };
  const { Id: id } = await ask(engine, created, 'POST', '/containers/create', {
    ...options,
    query: { name: request.name },
    body: {
      Image: request.image,
      Cmd: request.cmd,
      Env: request.env,
      Labels: request.labels,
      HostConfig: request.hostConfig,
      AttachStdout: true,
      AttachStderr: true,
    },
  });
  const remove = () => engine.request('DELETE', `/containers/${id}`, { query: { force: true, v: true }, evenAborted: true });
  let result: RunResult;
  try {
    result = await runToEnd(engine, id, request);
  } catch (error) {
    await remove().catch((leftover: unknown) => {
      throw new TsmachineError('ENGINE_API', say`${messageOf(error)}; container ${id} could not be removed: ${messageOf(leftover)}`, {
        cause: error,
      });
    });
    throw error;
  }
  await remove();
  return result;
}

async function runToEnd(engine: Engine, id: string, { signal, timeout = 60_000 }: RunRequest): Promise<RunResult> {
  const options = signal === undefined ? {} : { signal };
  const path = `/containers/${id}/attach`;
  // Attached before the start, so that no output is missed, whatever logging driver the engine uses.
  const output = await engine.stream('POST', path, { ...options, timeout, query: { stream: true, stdout: true, stderr: true } });
  try {
    await engine.request('POST', `/containers/${id}/start`, options);
    const texts = await collect(output, { target: engine.target, operation: `POST ${path}`, signal });
    const { StatusCode: exitCode } = await ask(engine, ended, 'POST', `/containers/${id}/wait`, {
      ...options,
      timeout,
    });
    return { exitCode, ...texts };
  } finally {
    output.destroy();
  }
}

async function collect(output: IncomingMessage, asked: Asked): Promise<Pick<RunResult, 'stdout' | 'stderr'>> {
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  let size = 0;
  for await (const { stream, data } of framesOf(output, asked, longestOutput)) {
    size += data.length;
    if (size > longestOutput) throw engineError(asked, `the output is longer than ${longestOutput / 2 ** 20} MiB`);
    parts[stream].push(data);
  }
  return { stdout: Buffer.concat(parts.stdout).toString('utf8'), stderr: Buffer.concat(parts.stderr).toString('utf8') };
}
