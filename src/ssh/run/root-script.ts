import { quote } from '../../base/quote.js';

/**
 * The text a root shell reads: the variables, then the template. The group keeps standard input from what the template starts,
 * which would otherwise eat the rest of the script; an `exit` in it is the shell's.
 * @throws RangeError for a variable's name that is not `[A-Z_][A-Z0-9_]*`, or a value with a NUL byte.
 */
export function composeScript(template: string, variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) throw new RangeError(`${name} is not a name for a script's variable`);
    return `${name}=${value === '' ? "''" : quote(value)}`;
  });
  // a non-root login's PATH often lacks the sbin folders
  lines.push('PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH');
  return `${lines.join('\n')}\n{\n${template.replaceAll('\r\n', '\n')}\n} </dev/null\n`;
}
