import { splitWords, type Word } from '../settings/words.js';

/** Our own drop-in for docker.service. Its name sorts last, so that it overrides the others. */
export const dropInPath = '/etc/systemd/system/docker.service.d/zz-tsmachine.conf';

export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

/** The files that `systemctl cat` printed, in the order in which systemd reads them. */
export function unitFiles(cat: string): UnitFile[] {
  const files: { path: string; lines: string[] }[] = [];
  for (const line of cat.split('\n')) {
    const header = /^# (\/\S+\.(?:service|conf))$/.exec(line)?.[1];
    if (header !== undefined) files.push({ path: header, lines: [] });
    else files.at(-1)?.lines.push(line);
  }
  return files.map(({ path, lines }) => ({ path, text: lines.join('\n').replace(/\n+$/, '\n') }));
}

/** The text of our own drop-in, undefined when it is not there. */
export function ownDropIn(cat: string): string | undefined {
  return unitFiles(cat).find((file) => file.path === dropInPath)?.text;
}

/** The unit as it is without our drop-in. */
export interface ForeignUnit {
  /** The effective command line, after resets (`ExecStart=`); undefined when there is none. */
  readonly execStart: string | undefined;
  /** Variables of Environment= lines, the last assignment of each. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Parses the output of `systemctl cat docker.service`, without our own drop-in. */
export function foreignUnit(cat: string): ForeignUnit {
  let execStart: string | undefined;
  const environment = new Map<string, string>();
  for (const file of unitFiles(cat)) {
    if (file.path === dropInPath) continue;
    for (const [key, value] of serviceSettings(file.text)) {
      if (key === 'ExecStart') execStart = value === '' ? undefined : value;
      if (key === 'Environment') {
        if (value === '') environment.clear();
        for (const word of splitWords(value)) assign(environment, word.value);
      }
    }
  }
  return { execStart, environment };
}

/** `KEY=VALUE` lines of [Service], continuation lines joined, comments dropped. */
function serviceSettings(text: string): [string, string][] {
  const logical: string[] = [];
  let continued = '';
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    if (/\\\s*$/.test(line)) continued += `${line.replace(/\\\s*$/, '')} `;
    else {
      logical.push(continued + line);
      continued = '';
    }
  }
  if (continued !== '') logical.push(continued);
  let section = '';
  return logical.flatMap((line): [string, string][] => {
    const header = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const setting = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line.trim());
    return section === 'Service' && setting?.[1] !== undefined ? [[setting[1], setting[2] ?? '']] : [];
  });
}

/** Variables of environment files such as /etc/default/docker: the systemd subset of shell assignments. */
export function environmentFileVariables(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    const match = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line.trim());
    if (match?.[1] === undefined) continue;
    const text = match[2] ?? '';
    const quote = /^(["'])(.*)\1$/.exec(text);
    variables.set(match[1], quote ? (quote[2] ?? '') : text);
  }
  return variables;
}

function assign(environment: Map<string, string>, assignment: string): void {
  const at = assignment.indexOf('=');
  if (at > 0) environment.set(assignment.slice(0, at), assignment.slice(at + 1));
}

/** Splits a command line into the program (everything up to dockerd) and the words after it. */
export function splitCommand(execStart: string): { program: Word[]; args: Word[] } {
  const words = splitWords(execStart);
  const at = words.findIndex((word) => /(^|\/)dockerd$/.test(word.value));
  const end = (at < 0 ? 0 : at) + 1;
  return { program: words.slice(0, end), args: words.slice(end) };
}
