import type { ErrorObject } from 'ajv';
import { LineCounter } from 'yaml';

import { forms } from '../../core/forms.js';
import { membersOf, type Declared } from '../declaration.js';
import { groupOf, settingsOf, type SwarmFile } from './document.js';
import type { Finding } from './finding.js';
import { checkGroup } from './group-checks.js';
import { checkManagers, checkNames } from './member-checks.js';
import { parseYaml } from './parse.js';
import { pointerTo } from './pointer.js';
import { swarmFileError, type Problem } from './problem.js';
import { schemaProblems } from './schema-problems.js';
import { schemaErrors } from './schema.js';
import { checkSettings } from './settings-checks.js';
import { treeOf, type Tree } from './tree.js';

export interface SwarmFileSource {
  /** As errors are to name it. */
  readonly file: string;
  /** Of the folder the file is in: the swarm's name, unless the file says another. */
  readonly folderName: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The text of a swarm file as what it declares, every default filled in, and what is unwise in it.
 * @throws TsmachineError SWARM_FILE with every problem on a line `FILE:LINE:COLUMN: message`
 */
export async function readSwarmFile(text: string, { file, folderName, env }: SwarmFileSource): Promise<Declared> {
  const lines = new LineCounter();
  const { document, problems } = parseYaml(text, lines);
  if (problems.length > 0) throw swarmFileError(file, problems, lines);

  const tree = treeOf(document, text, env);
  const errors = await schemaErrors(tree);
  const name = nameOf(tree.value, folderName);
  const findings = check(tree, name, [...tree.unknown, ...misshapen(errors)], lines);
  const found = [...tree.problems, ...schemaProblems(errors, tree), ...findings.filter(({ severity }) => severity === 'error').map((one) => problemOf(one, tree))];
  if (found.length > 0) throw swarmFileError(file, found, lines);

  const { swarm, groups } = tree.value as SwarmFile;
  return {
    declaration: {
      name,
      settings: settingsOf(swarm),
      members: Object.entries(groups).flatMap(([group, section]) => membersOf(name, groupOf(group, section))),
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

/** What the schema cannot say, about the sections that have the shape of their types. */
function check(tree: Tree, name: string, faulty: readonly string[], lines: LineCounter): Finding[] {
  const sound = (pointer: string) => !faulty.some((at) => at === pointer || at.startsWith(`${pointer}/`));
  const lineOf = (pointer: string) => lines.linePos(tree.places.get(pointer)?.value ?? 0).line;
  const { swarm = {}, groups } = tree.value as Partial<SwarmFile>;
  const all = typeof groups === 'object' ? Object.entries(groups) : [];
  const whole = all.filter(([group]) => sound(pointerTo('/groups', group)));
  return [
    ...(sound('/swarm') ? checkSettings(swarm) : []),
    ...whole.flatMap(([group, section]) => checkGroup(group, section)),
    ...checkNames(name, whole, lineOf),
    ...(all.length > 0 && whole.length === all.length ? checkManagers(whole) : []),
  ];
}

function problemOf({ pointer, at, message }: Finding, { places }: Tree): Problem {
  const place = places.get(pointer);
  return { offset: place?.[at] ?? 0, message };
}

/** The folder's name as a machine may be called: "My swarm" becomes "My-swarm". */
function nameOf(value: unknown, folderName: string): string {
  const { name } = value as Partial<SwarmFile>;
  if (typeof name === 'string') return name;
  const made = folderName.normalize('NFD').replaceAll(/[^a-zA-Z0-9.-]+/g, '-').replace(/^[-.]+/, '').replace(/[-.]+$/, '').slice(0, 100);
  return forms.machineName.fits(made) ? made : 'swarm';
}
