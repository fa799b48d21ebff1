import type { Command } from '@oclif/core';

import type { MachineCommand } from '../command.js';
import type { Surroundings } from '../../machine/session.js';
import type { FlagInput } from '../line/flags.js';
import { accountFlags } from '../options/account-flags.js';
import { driverSearch } from '../options/driver-search.js';
import { globalFlags } from '../line/globals.js';
import { toFlagInput } from '../options/driver-flags.js';
import { findCommandWords } from '../line/topic.js';
import { nothing, words, type Candidate, type Choice } from './candidate.js';
import { completedShells } from './scripts.js';
import { findFlag, positionAfter, type Position } from './position.js';
import type { MachineNames, Operands, SwarmNames } from './operands.js';
import { valueChoice } from './values.js';

/** A half-typed command line. */
export interface CompletionRequest {
  /** The complete words after the program's name. */
  readonly before: readonly string[];
  /** The part of the last word before the cursor. */
  readonly current: string;
  readonly commands: readonly Command.Loadable[];
  readonly env: NodeJS.ProcessEnv;
  /** Lists machines of the store at this path, or of the default store. */
  readonly machines: (storagePath: string | undefined) => MachineNames;
  /** Lists swarms of the store at this path, or of the default store. */
  readonly swarms: (storagePath: string | undefined) => SwarmNames;
}

/** Finds the completions of the word at the cursor. All shells use it. */
export async function complete({ before, current, commands, env, machines, swarms }: CompletionRequest): Promise<Choice> {
  const search = driverSearch(before, env);
  const account = toFlagInput(await accountFlags([...before, current], search).catch(() => []));
  const outer = positionAfter(before, { ...account, ...globalFlags }, 1);
  const [first, ...more] = outer.operands;
  if (first === undefined) return (await flagOrValue(outer, current, { ...account, ...globalFlags }, search)) ?? commandChoice(commands);
  const { id, rest } = findCommandWords(outer.operands, (known) => commands.some((one) => one.id === known)) ?? {};
  const command = commands.find((one) => one.id === id);
  if (!command || !rest) return more.length === 0 ? commandChoice(commands, first) : nothing;
  const Found = (await command.load()) as unknown as typeof MachineCommand;
  const flags = { ...account, ...(await flagsOf(Found, rest, env)), ...globalFlags };
  const inner = positionAfter(rest, flags, Found.passThrough ? 1 : Infinity);
  const storagePath = inner.given['storage-path'] ?? outer.given['storage-path'];
  return (
    (await flagOrValue(inner, current, flags, search)) ??
    operandChoice(Found.operands, inner.operands, { commands, current, names: machines(storagePath), swarms: swarms(storagePath) })
  );
}

/** The flags of a command; without those of a driver if its name is unknown, or only half typed. */
async function flagsOf(command: typeof MachineCommand, typed: readonly string[], env: NodeJS.ProcessEnv): Promise<FlagInput> {
  return command.helpFlags(typed, env).catch(() => command.flags);
}

async function flagOrValue(
  { pending, flagsEnded }: Position,
  current: string,
  flags: FlagInput,
  search: Surroundings,
): Promise<Choice | undefined> {
  if (pending) return valueChoice(pending.name, pending.flag, current, search);
  if (flagsEnded || !current.startsWith('-')) return undefined;
  if (!current.includes('=')) return { candidates: flagCandidates(flags, current) };
  const found = findFlag(current, flags);
  if (!found) return nothing;
  const typed = found.value ?? '';
  const { candidates, ...place } = await valueChoice(found.name, found.flag, typed, search);
  const head = current.slice(0, current.length - typed.length);
  return { candidates: candidates.map(({ word, about }) => ({ word: head + word, about })), ...place };
}

/** Flags by their long names only: one letter needs no completion. */
function flagCandidates(flags: FlagInput, current: string): Candidate[] {
  const shown = Object.entries(flags).filter(([, { hidden }]) => hidden !== true);
  const dashes = /^-[^-]/.test(current) ? '-' : '--'; // Docker Machine also accepts -driver
  const help = { word: `${dashes}help`, about: 'show help' };
  return [...shown.map(([name, { description = '' }]) => ({ word: dashes + name, about: description })), help];
}

/** Commands, with one entry for each topic; or the verbs of one topic. */
function commandChoice(commands: readonly Command.Loadable[], topic?: string): Choice {
  const candidates = new Map<string, string>();
  for (const { id, summary = '', hidden } of commands) {
    const [name = '', verb] = id.split(':');
    if (hidden) continue;
    if (topic === undefined) candidates.set(name, verb === undefined ? summary : '');
    else if (name === topic && verb !== undefined) candidates.set(verb, summary);
  }
  return { candidates: [...candidates].map(([word, about]) => ({ word, about })) };
}

interface OperandContext {
  readonly commands: readonly Command.Loadable[];
  readonly current: string;
  readonly names: MachineNames;
  readonly swarms: SwarmNames;
}

async function operandChoice(
  { kind, ...which }: Operands,
  given: readonly string[],
  { commands, current, names, swarms }: OperandContext,
): Promise<Choice> {
  if (kind === 'machines') return words((await names(which)).filter((name) => !given.includes(name)));
  if (kind === 'files') return { candidates: [], place: 'files' };
  if (kind === 'machine-paths') {
    if (current.includes(':')) return nothing;
    return { ...words((await names(which)).map((name) => `${name}:`)), place: 'files' };
  }
  if (kind === 'role-swarm')
    return given.length === 0 ? words(['worker', 'manager']) : given.length === 1 ? words(await swarms()) : nothing;
  if (given.length > 0) return nothing;
  if (kind === 'swarm') return words(await swarms());
  if (kind === 'machine') return words(await names(which));
  if (kind === 'command') return commandChoice(commands);
  return kind === 'shell' ? words(completedShells) : nothing;
}
