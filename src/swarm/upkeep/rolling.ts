import { TsmachineError } from '../../base/errors.js';
import { join, lines, say, type Text } from '../../base/text.js';
import { putBack, takeTurn, turnOf, waitUntilBack, waitForManager, type TurnWork } from './turn.js';
import { takeTurns, type TurnsTaken } from './turns.js';
import { turnsOf, type Turn } from './turn-order.js';
import type { Swarm } from '../reach/swarm.js';

/** How a change goes through a swarm, node by node. */
export interface Rolling extends TurnWork {
  readonly workersAtOnce: number;
  /** The command that continues after a failure. */
  readonly again: Text;
  /** Called after a machine's turn. */
  readonly onDone?: (name: string) => Promise<void>;
  /** What is printed about a machine after its turn: "runs Docker 28.5.2". */
  readonly doneText: (name: string) => string;
}

/** Options of every rolling change. */
export interface RollingOptions {
  /** Move the tasks of a node away before its engine restarts; default true. */
  readonly drain?: boolean;
  /** Workers that may be away at the same time; default 1. */
  readonly workersAtOnce?: number;
  /** Only report what would be done. */
  readonly dryRun?: boolean;
  /** Called with the plan before anything is done; not called when there is nothing to do. */
  readonly onPlan?: (report: RollingReport) => void;
}

/** A rolling change as people and scripts read it. */
export interface RollingReport {
  readonly swarm: string;
  /** Every machine that is changed, in the order of the turns. */
  readonly turns: readonly {
    readonly machine: string;
    readonly role: string;
    readonly leader: boolean;
    readonly what: readonly string[];
  }[];
  /** Machines that need nothing. */
  readonly skipped: readonly string[];
  readonly notes: readonly string[];
  readonly done: boolean;
}

/** The members that are to be changed, in the order of their turns as the swarm is now. */
export function inTurn(swarm: Swarm, names: readonly string[]): Turn[] {
  const members = names.map((name) => turnOf(swarm, name));
  const { managers, workers } = turnsOf(members);
  return [...managers, ...workers].flatMap((name) => members.find((member) => member.name === name) ?? []);
}

/**
 * Does `work` on these members, one after the other: managers first, the leader last of them, then workers; each is verified before the
 * next. Nodes that an earlier run left drained take tasks again. The caller holds the swarm's lock.
 * @throws TsmachineError the first failure, with the machines that are done and not done, and the command that continues
 */
export async function eachInTurn(swarm: Swarm, names: readonly string[], rolling: Rolling): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  for (const name of Object.keys(swarm.record.drained ?? {})) {
    if (names.includes(name)) continue;
    await waitUntilBack(swarm, name);
    await putBack(swarm, name);
    io.info(`${name} takes tasks again.`);
  }
  const taken = await takeTurns(names, {
    workersAtOnce: rolling.workersAtOnce,
    now: async (name) => {
      await waitForManager(swarm);
      return turnOf(swarm, name);
    },
    take: async (name) => {
      signal.throwIfAborted();
      await takeTurn(swarm, name, rolling);
      await rolling.onDone?.(name);
      io.info(`${name} ${rolling.doneText(name)}.`);
    },
  });
  signal.throwIfAborted();
  if (taken.failed.length > 0) throw stopped(taken, rolling.again);
}

/** @returns the failure with what remains, and how to continue */
export function stopped({ done, failed, left }: TurnsTaken, again: Text): TsmachineError {
  const errors = failed.map(({ name, error }) => ({ name, error: TsmachineError.from(error) }));
  const notDone = [...errors.map(({ name }) => name), ...left];
  const state = `${done.length === 0 ? 'Nothing is done' : `Done: ${done.join(', ')}`}. Not done: ${notDone.join(', ')}`;
  const [first] = errors;
  return new TsmachineError(
    errors.length > 1 ? 'SEVERAL_FAILED' : (first?.error.code ?? 'INTERNAL'),
    join([...errors.map(({ name, error: { message, text } }) => (message.includes(name) ? text : say`${name}: ${text}`)), state], '\n'),
    { cause: first?.error, hint: lines([...errors.map(({ error: { hint } }) => hint), say`Then continue with the others: ${again}`]) },
  );
}

/** How to spread tasks again, which users ask every time. */
export const rebalance =
  'Swarm does not move tasks back by itself. To spread a service again, which restarts its tasks one after the other:' +
  ' docker service update --force SERVICE';
