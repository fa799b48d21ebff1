import { basename, win32 } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { quote } from '../../base/quote.js';
import { run, say } from '../../base/text.js';

/** How a shell sets and unsets variables. Values are quoted so that the shell reads them back unchanged. */
export interface Shell {
  set(name: string, value: string): string;
  unset(name: string): string;
  /** The mark in front of a comment. */
  readonly comment: string;
  /** The line that makes the shell run the output of a command. */
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

/** PowerShell reads typographic quotes like plain ones, so they are escaped too. */
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

/** tcsh cannot escape these characters inside double quotes; inside single quotes only ! and ' need escaping. */
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

/** The names that `--shell` completes. */
export function shellNames(): string[] {
  return ['bash', 'zsh', ...Object.keys(shells)].sort();
}

/** The shell with this name. Every unknown name (bash, zsh, sh ...) is a POSIX shell. */
export function shellNamed(name: string): Shell {
  return (Object.hasOwn(shells, name) ? shells[name] : undefined) ?? posix;
}

/**
 * Detects the name of the shell that called this program.
 * @throws TsmachineError SHELL_UNKNOWN when SHELL is not set; on Windows the shell is then cmd or powershell
 */
export function detectShell(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const shell = env['SHELL'] ?? '';
  if (platform === 'win32') {
    if (shell !== '') return env['__fish_bin_dir'] ? 'fish' : win32.basename(shell, '.exe');
    // PowerShell adds a folder of the user to this variable; under cmd it only has the system's folders.
    return /\\Documents\\/i.test(env['PSModulePath'] ?? '') ? 'powershell' : 'cmd';
  }
  if (shell !== '') return basename(shell);
  throw new TsmachineError('SHELL_UNKNOWN', 'Error: Unknown shell', {
    hint: say`SHELL is not set. Name your shell: ${run('env', '--shell', 'bash')}`,
  });
}

/** The two comment lines that explain how to use the output. */
export function usageHint(shell: Shell, command: string): string[] {
  return [`${shell.comment} Run this command to configure your shell: `, `${shell.comment} ${shell.evaluate(command)}`];
}

/** A word as a POSIX shell reads it back. Words with `=` stay readable: `--shell=bash` needs no quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quote(word);
}
