import type { ErrorObject } from 'ajv';
import { LineCounter } from 'yaml';

import { forms } from '../../base/forms.js';
import { membersOf, type Declared } from '../model/declaration.js';
import { groupOf, settingsOf, type GroupSection, type SwarmFile } from './document.js';
import { checkDriver, typedFlags, type DriverFlags } from './checks/driver-flags.js';
import type { FileFinding } from './checks/file-finding.js';
import { checkGroup } from './checks/group-checks.js';
import { checkManagers, checkNames, checkSize } from './checks/member-checks.js';
import { parseYaml } from './text/parse.js';
import { pointerTo, withParents } from './text/pointer.js';
import { swarmFileError, type FileProblem } from './text/file-problem.js';
import { schemaProblems } from './checks/schema-problems.js';
import { schemaErrors } from './checks/schema.js';
import { checkSettings } from './checks/settings-checks.js';
import { treeOf, type Tree } from './text/tree.js';

export interface SwarmFileSource {
  /** The name for errors. */
  readonly file: string;
  /** The name of the file's folder: the swarm's name, unless the file has one. */
  readonly folderName: string;
  readonly env: NodeJS.ProcessEnv;
  /** Used to check drivers and flags, and to convert flags to the types that the driver declares. Without it they stay as written. */
  readonly drivers?: DriverFlags;
}

/**
 * Reads a swarm file: what it declares, with every default filled in, and warnings about what is unwise.
 * @throws TsmachineError SWARM_FILE with a line `FILE:LINE:COLUMN: message` for each problem
 */
export async function readSwarmFile(text: string, { file, folderName, env, drivers }: SwarmFileSource): Promise<Declared> {
  const lines = new LineCounter();
  const { document, problems } = parseYaml(text, lines);
  if (problems.length > 0) throw swarmFileError(file, problems, lines);

  const tree = treeOf(document, text, env);
  const tooMuch = checkSize((tree.value as Partial<SwarmFile>).groups);
  if (tooMuch.length > 0)
    throw swarmFileError(
      file,
      tooMuch.map((one) => problemOf(one, tree)),
      lines,
    );
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

/** Pointers at which the tree does not have the shape of its types. An unknown key does not affect the others. */
function misshapen(errors: readonly ErrorObject[]): string[] {
  return errors.filter(({ keyword }) => keyword !== 'additionalProperties').map(({ instancePath }) => instancePath);
}

interface Checking {
  readonly name: string;
  readonly drivers: DriverFlags | undefined;
  readonly lines: LineCounter;
  /** Pointers of values that are known to be wrong. */
  readonly faulty: readonly string[];
}

/** The checks that a schema cannot express, for the sections that have the shape of their types. */
function check(tree: Tree, { name, drivers, lines, faulty }: Checking): FileFinding[] {
  const tainted = new Set(faulty.flatMap(withParents));
  const isValid = (pointer: string) => !tainted.has(pointer);
  const lineOf = (pointer: string) => lines.linePos(tree.places.get(pointer)?.value ?? 0).line;
  const { swarm = {} } = tree.value as Partial<SwarmFile>;
  const all = groupsOf(tree);
  const whole = all.filter(([group]) => isValid(pointerTo('/groups', group)));
  return [
    ...(isValid('/swarm') ? checkSettings(swarm) : []),
    ...whole.flatMap(([group, section]) => [...checkGroup(group, section), ...(drivers ? checkDriver(group, section, drivers, tree) : [])]),
    ...checkNames(name, whole, lineOf),
    ...(all.length > 0 && whole.length === all.length ? checkManagers(whole) : []),
  ];
}

/** The groups in the order of the file. A JavaScript object has keys that are numbers first. */
function groupsOf({ value, places }: Tree): [name: string, group: GroupSection][] {
  const { groups } = value as Partial<SwarmFile>;
  if (typeof groups !== 'object' || Array.isArray(groups)) return [];
  const placeOf = (group: string) => places.get(pointerTo('/groups', group))?.key ?? 0;
  return Object.entries(groups).sort(([one], [other]) => placeOf(one) - placeOf(other));
}

function problemOf({ pointer, at, message }: FileFinding, { places }: Tree): FileProblem {
  const place = places.get(pointer);
  return { offset: place?.[at] ?? 0, message };
}

/** The folder's name as a valid machine name: "My swarm" becomes "My-swarm". */
function nameOf(value: unknown, folderName: string): string {
  const { name } = value as Partial<SwarmFile>;
  if (typeof name === 'string') return name;
  const plain = folderName
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-zA-Z0-9.-]+/g, '-');
  const made = plain
    .replace(/^[-.]+/, '')
    .slice(0, 50)
    .replace(/[-.]+$/, '');
  return forms.newMachineName.fits(made) ? made : 'swarm';
}
