import type { ErrorObject } from 'ajv';
import { LineCounter } from 'yaml';

import { forms } from '../../base/forms.js';
import { membersOf, type Declared } from '../model/declaration.js';
import { groupOf, settingsOf, type GroupSection, type SwarmFile } from './document.js';
import { checkDriver, typedFlags, type DriverFlags } from './checks/driver-flags.js';
import type { Finding } from './checks/finding.js';
import { checkGroup } from './checks/group-checks.js';
import { checkManagers, checkNames } from './checks/member-checks.js';
import { parseYaml } from './text/parse.js';
import { pointerTo } from './text/pointer.js';
import { swarmFileError, type Problem } from './text/problem.js';
import { schemaProblems } from './checks/schema-problems.js';
import { schemaErrors } from './checks/schema.js';
import { checkSettings } from './checks/settings-checks.js';
import { treeOf, type Tree } from './text/tree.js';

export interface SwarmFileSource {
  /** As errors are to name it. */
  readonly file: string;
  /** Of the folder the file is in: the swarm's name, unless the file says another. */
  readonly folderName: string;
  readonly env: NodeJS.ProcessEnv;
  /** To check drivers and their flags, and to give the flags the types that the driver wants; without it they are left as written. */
  readonly drivers?: DriverFlags;
}

/**
 * The text of a swarm file as what it declares, every default filled in, and what is unwise in it.
 * @throws TsmachineError SWARM_FILE with every problem on a line `FILE:LINE:COLUMN: message`
 */
export async function readSwarmFile(text: string, { file, folderName, env, drivers }: SwarmFileSource): Promise<Declared> {
  const lines = new LineCounter();
  const { document, problems } = parseYaml(text, lines);
  if (problems.length > 0) throw swarmFileError(file, problems, lines);

  const tree = treeOf(document, text, env);
  const errors = await schemaErrors(tree);
  const name = nameOf(tree.value, folderName);
  const findings = check(tree, { name, drivers, lines, faulty: [...tree.unknown, ...misshapen(errors)] });
  const wrong = findings.filter(({ severity }) => severity === 'error');
  const found = [...tree.problems, ...schemaProblems(errors, tree), ...wrong.map((one) => problemOf(one, tree))];
  if (found.length > 0) throw swarmFileError(file, found, lines);

  const { swarm } = tree.value as SwarmFile;
  return {
    declaration: {
      name,
      settings: settingsOf(swarm),
      members: groupsOf(tree).flatMap(([group, section]) =>
        membersOf(name, groupOf(group, drivers ? { ...section, flags: typedFlags(group, section, drivers, tree) } : section)),
      ),
    },
    warnings: findings
      .map((one) => ({ message: one.message, line: lines.linePos(problemOf(one, tree).offset).line }))
      .sort((a, b) => a.line - b.line),
  };
}

/** Where the tree has another shape than its types say. An unknown key changes nothing about the others. */
function misshapen(errors: readonly ErrorObject[]): string[] {
  return errors.filter(({ keyword }) => keyword !== 'additionalProperties').map(({ instancePath }) => instancePath);
}

interface Checking {
  readonly name: string;
  readonly drivers: DriverFlags | undefined;
  readonly lines: LineCounter;
  /** Pointers of what is known to be wrong. */
  readonly faulty: readonly string[];
}

/** What the schema cannot say, about the sections that have the shape of their types. */
function check(tree: Tree, { name, drivers, lines, faulty }: Checking): Finding[] {
  const sound = (pointer: string) => !faulty.some((at) => at === pointer || at.startsWith(`${pointer}/`));
  const lineOf = (pointer: string) => lines.linePos(tree.places.get(pointer)?.value ?? 0).line;
  const { swarm = {} } = tree.value as Partial<SwarmFile>;
  const all = groupsOf(tree);
  const whole = all.filter(([group]) => sound(pointerTo('/groups', group)));
  return [
    ...(sound('/swarm') ? checkSettings(swarm) : []),
    ...whole.flatMap(([group, section]) => [...checkGroup(group, section), ...(drivers ? checkDriver(group, section, drivers, tree) : [])]),
    ...checkNames(name, whole, lineOf),
    ...(all.length > 0 && whole.length === all.length ? checkManagers(whole) : []),
  ];
}

/** In the order of the file: an object of JavaScript has those whose names are numbers first. */
function groupsOf({ value, places }: Tree): [name: string, group: GroupSection][] {
  const { groups } = value as Partial<SwarmFile>;
  if (typeof groups !== 'object' || Array.isArray(groups)) return [];
  const placeOf = (group: string) => places.get(pointerTo('/groups', group))?.key ?? 0;
  return Object.entries(groups).sort(([one], [other]) => placeOf(one) - placeOf(other));
}

function problemOf({ pointer, at, message }: Finding, { places }: Tree): Problem {
  const place = places.get(pointer);
  return { offset: place?.[at] ?? 0, message };
}

/** The folder's name as a machine may be called: "My swarm" becomes "My-swarm". */
function nameOf(value: unknown, folderName: string): string {
  const { name } = value as Partial<SwarmFile>;
  if (typeof name === 'string') return name;
  const plain = folderName
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-zA-Z0-9.-]+/g, '-');
  const made = plain
    .replace(/^[-.]+/, '')
    .replace(/[-.]+$/, '')
    .slice(0, 100);
  return forms.machineName.fits(made) ? made : 'swarm';
}
