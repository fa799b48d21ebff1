import { quote } from '../../base/quote.js';

/**
 * The script for a shell's standard input: the variables, then the template. The braces with `</dev/null` keep the commands of the
 * template from reading the rest of the script as their input; an `exit` in the template still ends the shell.
 * @throws RangeError for a variable whose name is not `[A-Z_][A-Z0-9_]*`, or a value with a NUL byte.
 */
export function composeScript(template: string, variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) throw new RangeError(`${name} is not a valid name for a script variable`);
    return `${name}=${value === '' ? "''" : quote(value)}`;
  });
  // the PATH of a login other than root often lacks the sbin folders
  lines.push('PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH');
  return `${lines.join('\n')}\n{\n${template.replaceAll('\r\n', '\n')}\n} </dev/null\n`;
}
