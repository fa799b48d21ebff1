import { basename, win32 } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { quote } from '../../base/quote.js';
import { programName } from '../line/program.js';

/** How a shell sets and forgets variables (spec 2.4). Every value is quoted so that the shell reads it back unchanged. */
export interface Shell {
  set(name: string, value: string): string;
  unset(name: string): string;
  /** Before each line of the usage hint. */
  readonly comment: string;
  /** What makes the shell run the lines that a command prints. */
  evaluate(command: string): string;
}

const posix: Shell = {
  set: (name, value) => `export ${name}="${value.replace(/["\\$`]/g, '\\$&')}"`,
  unset: (name) => `unset ${name}`,
  comment: '#',
  evaluate: (command) => `eval $(${command})`,
};

const fish: Shell = {
  set: (name, value) => `set -gx ${name} "${value.replace(/["\\$]/g, '\\$&')}";`,
  unset: (name) => `set -e ${name};`,
  comment: '#',
  evaluate: (command) => `eval (${command})`,
};

/** PowerShell takes typographic quotes for plain ones. */
const powershell: Shell = {
  set: (name, value) => `$Env:${name} = "${value.replace(/["\u201C-\u201E$`]/g, '`$&')}"`,
  unset: (name) => `Remove-Item Env:\\${name}`,
  comment: '#',
  evaluate: (command) => `& ${command} | Invoke-Expression`,
};

const cmd: Shell = {
  set: (name, value) => (/[&|<>^()]/.test(value) ? `SET "${name}=${value}"` : `SET ${name}=${value}`),
  unset: (name) => `SET ${name}=`,
  comment: 'REM',
  evaluate: (command) => `\t@FOR /f "tokens=*" %i IN ('${command}') DO @%i`,
};

const tcsh: Shell = {
  set: (name, value) => `setenv ${name} ${tcshWord(value)};`,
  unset: (name) => `unsetenv ${name};`,
  comment: ':',
  evaluate: (command) => `eval \`${command}\``,
};

/** Inside double quotes tcsh cannot write these characters; inside single quotes only ! and ' need a way out. */
function tcshWord(value: string): string {
  if (!/["\\$`!']/.test(value)) return `"${value}"`;
  return `'${value.replace(/'/g, `'\\''`).replace(/!/g, '\\!')}'`;
}

const emacs: Shell = {
  set: (name, value) => `(setenv "${name}" "${value.replace(/["\\]/g, '\\$&')}")`,
  unset: (name) => `(setenv "${name}" nil)`,
  comment: ';;',
  evaluate: (command) => `(with-temp-buffer (shell-command "${command}" (current-buffer)) (eval-buffer))`,
};

const shells: Readonly<Record<string, Shell>> = { fish, powershell, cmd, tcsh, emacs };

/** For those who must choose one. */
export function shellNames(): string[] {
  return ['bash', 'zsh', ...Object.keys(shells)].sort();
}

/** The shell of that name; every other name (bash, zsh, sh, ...) is a POSIX one. */
export function shellNamed(name: string): Shell {
  return (Object.hasOwn(shells, name) ? shells[name] : undefined) ?? posix;
}

/**
 * The name of the shell this runs in.
 * @throws TsmachineError SHELL_UNKNOWN when SHELL is not set (spec 2.4); on Windows without SHELL it is cmd or powershell
 */
export function detectShell(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const shell = env['SHELL'] ?? '';
  if (platform === 'win32') {
    if (shell !== '') return env['__fish_bin_dir'] ? 'fish' : win32.basename(shell, '.exe');
    // PowerShell puts a folder of the user's own in front of this variable; cmd leaves the system's.
    return /\\Documents\\/i.test(env['PSModulePath'] ?? '') ? 'powershell' : 'cmd';
  }
  if (shell !== '') return basename(shell);
  throw new TsmachineError('SHELL_UNKNOWN', 'Error: Unknown shell', {
    hint: `SHELL is not set. Say which shell you use: ${programName()} env --shell bash`,
  });
}

/** The two lines that say how to use the output. */
export function usageHint(shell: Shell, command: string): string[] {
  return [`${shell.comment} Run this command to configure your shell: `, `${shell.comment} ${shell.evaluate(command)}`];
}

/** A word as a POSIX shell reads it back. Words with `=` stay readable: `--shell=bash` needs no quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quote(word);
}
