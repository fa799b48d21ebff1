import { join } from 'node:path';

import { runCommandLine } from '../../src/cli/main.js';
import { chanceOf, sampleSeed } from '../helpers/chance.js';
import { fakeScreen } from '../unit/cli/terminal/fake-screen.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Seconds for one command: the longest that it may wait for an answer, twice, and a little. */
const longest = 150;

/** Every pair by name (`npm run test:hostile`), else a sample that a seed repeats. */
export function chosenOf<T>(pairs: readonly T[], sampled: number): { chosen: readonly T[]; title: string } {
  if (process.env['TSMACHINE_HOSTILE'] === 'all') return { chosen: pairs, title: `all ${pairs.length}` };
  const chance = chanceOf(sampleSeed);
  const chosen = Array.from({ length: sampled }, () => pairs[Math.floor(chance() * pairs.length)]);
  return {
    chosen: chosen.flatMap((pair) => (pair === undefined ? [] : [pair])),
    title: `${sampled} of ${pairs.length}, seed ${sampleSeed}`,
  };
}

/** Runs a command line in this process. */
export async function execute(words: readonly string[], env: { HOME: string; MACHINE_STORAGE_PATH: string }): Promise<Outcome> {
  const screen = fakeScreen({ input: '' });
  const { PATH } = process.env;
  const started = performance.now();
  const code = await runCommandLine(words, { ...env, TSMACHINE_STATE_DIR: join(env.HOME, 'state'), SHELL: '/bin/sh', PATH }, screen);
  return { code, stdout: screen.out(), stderr: screen.err(), seconds: (performance.now() - started) / 1000 };
}

/** What a person would object to, whatever the exit status should be. */
export function objectionsTo(words: readonly string[], { code, stdout, stderr, seconds }: Outcome): string[] {
  const text = stdout + stderr;
  const objections: [boolean, string][] = [
    [seconds > longest, `took ${seconds.toFixed(0)} s`],
    [code !== 0 && text.trim() === '', 'says nothing'],
    [/(?![\n\t])\p{Cc}|\u202e/u.test(text), `prints control characters: ${JSON.stringify(text.slice(0, 300))}`],
    [
      /Run it again with --debug|TypeError|RangeError|undefined is not|Cannot read prop|\n\s+at /.test(text),
      `shows a raw error: ${text.slice(0, 300)}`,
    ],
    [text.length > 20_000, `prints ${text.length} characters`],
    [words.includes('--json') && !isJson(stdout), `prints no JSON: ${stdout.slice(0, 300)}`],
  ];
  return objections.flatMap(([is, what]) => (is ? [what] : []));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
