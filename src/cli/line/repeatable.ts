const secret = /^--?[\w-]*(secret|token|password|passphrase|access-key)[\w-]*(=|$)/i;

/**
 * The command line that creates one machine again, to store on disk: without the names of the other machines and without the values of
 * secret flags.
 */
export function repeatableLine(line: readonly string[], names: readonly string[], name: string): string[] {
  const others = new Set(names.filter((other) => other !== name));
  return line.flatMap((word, i) => {
    const before = line[i - 1] ?? '';
    if (secret.test(word) && word.includes('=')) return [word.replace(/=.*$/s, '=...')];
    if (secret.test(before) && !before.includes('=')) return ['...'];
    const isValue = before.startsWith('-') && !before.includes('=') && i !== line.length - 1;
    return others.has(word) && !isValue ? [] : [word];
  });
}
