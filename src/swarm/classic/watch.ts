import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';
import type { Engine } from '../../docker/client.js';
import { lastLines } from '../../docker/logs.js';
import { ask } from '../../docker/shape.js';
import type { ClassicContainer } from './containers.js';
import { containerFacts, type ContainerFacts } from './same.js';

const interval = 250;
const shownLines = 8;

/** A container that is to run from now on. */
export interface Started {
  readonly container: ClassicContainer;
  readonly id: string;
  /** It was started just now; the others ran already. */
  readonly fresh: boolean;
}

export interface Watch {
  /** Milliseconds in which a program that cannot run has ended: the engine starts it again after a tenth of a second. */
  readonly settling: number;
  readonly signal: AbortSignal;
}

/**
 * Looks again at containers that the engine would restart for ever without a word.
 * @throws TsmachineError SWARM_STATE with the last lines of one that does not keep running
 */
export async function refuseEnding(engine: Engine, started: readonly Started[], { settling, signal }: Watch): Promise<void> {
  const deadline = performance.now() + settling;
  let first: ReadonlyMap<string, number> | undefined;
  for (;;) {
    const looks = await Promise.all(
      started.map(async (one) => ({ one, facts: await ask(engine, containerFacts, 'GET', `/containers/${one.id}/json`) })),
    );
    const ending = looks.find(({ one, facts }) => !staysUp(facts, first?.get(one.id)));
    if (ending) throw await endsAgain(engine, ending.one, ending.facts);
    first ??= new Map(looks.map(({ one, facts }) => [one.id, one.fresh ? 0 : (facts.RestartCount ?? 0)]));
    const doubtful = looks.some(({ one, facts }) => one.fresh || (facts.RestartCount ?? 0) > 0);
    if (!doubtful || performance.now() > deadline) return;
    await sleep(interval, undefined, { signal });
  }
}

function staysUp({ State: state, RestartCount: count = 0 }: ContainerFacts, before = count): boolean {
  return state.Running && state.Restarting !== true && count <= before;
}

async function endsAgain(engine: Engine, { container, id }: Started, { State: state }: ContainerFacts): Promise<TsmachineError> {
  const { machine } = engine.target;
  const said = await lastLines(engine, id, shownLines);
  const status = state.ExitCode === undefined ? '' : ` (exit status ${state.ExitCode})`;
  const what = `The container ${container.name} of ${machine} does not keep running${status}`;
  const log = run('ssh', machine, 'sudo', 'docker', 'logs', container.name);
  return new TsmachineError('SWARM_STATE', said.length === 0 ? what : `${what}. Its last lines:\n  ${said.join('\n  ')}`, {
    hint: lines([
      'Correct what it names: --swarm-discovery, --swarm-opt, --swarm-join-opt, --swarm-image',
      say`To read all of its log: ${log}`,
    ]),
  });
}
