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

/**
 * Nushell runs no text as code: the line of `evaluate` reads the variables out of the output, whatever is between the outer quotes.
 * It can set variables but not remove them; docker takes an empty one as missing.
 */
const nu: Shell = {
  set: (name, value) => `$env.${name} = '${value}'`,
  unset: (name) => `$env.${name} = ''`,
  comment: '#',
  evaluate: (command) => `${command} | lines | parse "$env.{name} = '{value}'" | transpose -r | into record | load-env`,
};

const shells: Readonly<Record<string, Shell>> = { bash: posix, zsh: posix, fish, powershell, cmd, tcsh, emacs, nu };

/** Other programs of the same language. */
const aliases: Readonly<Record<string, Shell>> = { pwsh: powershell, powershell_ise: powershell, csh: tcsh, nushell: nu };

/** sh, dash, ash, ksh93, mksh, rbash, bash-5.2 ... */
const posixName = /^(r?(ba|k|z)|a|da|hu|lk|mk|ok|pdk|po|ya)?sh([-\d].*)?$/;

/** SHELL of accounts that nobody logs in to, such as those of services: the script that asks runs in sh. */
const noLogin: readonly string[] = ['nologin', 'false', 'true', 'busybox'];

/** The names that `--shell` completes. */
export function shellNames(): string[] {
  return Object.keys(shells).sort();
}

/**
 * The shell with this name, in any case: the name of a program or, for a POSIX shell, of any of its kind.
 * @throws TsmachineError SHELL_UNKNOWN: lines for another shell would do nothing, or something else
 */
export function shellNamed(name: string): Shell {
  const word = name.toLowerCase();
  const known = [shells, aliases].find((names) => Object.hasOwn(names, word))?.[word];
  if (known) return known;
  if (posixName.test(word) || noLogin.includes(word)) return posix;
  throw new TsmachineError('SHELL_UNKNOWN', `There are no commands for the shell ${JSON.stringify(name)}`, {
    hint: say`Choose one of ${shellNames().join(', ')}, as in ${run('env', '--shell', 'bash')}`,
  });
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
