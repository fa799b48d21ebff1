import { readSwarmFile, type SwarmFileSource } from '../../../../src/swarm/file/read.js';
import { failureOf } from '../../../helpers/failure.js';

const standard: SwarmFileSource = { file: 'f', folderName: 'prod', env: {} };

export const read = (text: string, source: Partial<SwarmFileSource> = {}) => readSwarmFile(text, { ...standard, ...source });

/** The problems of a wrong file: `LINE:COLUMN: message` each. */
export async function problemsOf(text: string, source: Partial<SwarmFileSource> = {}): Promise<string[]> {
  const { code, message } = await failureOf(read(text, source));
  if (code !== 'SWARM_FILE') throw new Error(`${code}: ${message}`);
  return message.split('\n').map((line) => line.replace(/^f:/, ''));
}

/** A right file of one manager, with more lines for its group (four blanks deep) and for the file. */
export const withGroup = (lines: string, more = '') =>
  `groups:\n  m:\n    role: manager\n    driver: none\n    count: 1\n${indented(lines)}${more}`;
export const withSettings = (lines: string) => `swarm:\n${indented(lines)}groups: {m: {role: manager, driver: none, count: 1}}\n`;

const indented = (lines: string) =>
  lines
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
