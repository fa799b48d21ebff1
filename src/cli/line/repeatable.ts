import { secretFlag } from '../../base/flags.js';

/**
 * The command line that creates one machine again, to store on disk: without the names of the other machines and without the values of
 * secret flags.
 */
export function repeatableLine(line: readonly string[], names: readonly string[], name: string): string[] {
  const others = new Set(names.filter((other) => other !== name));
  return line.flatMap((word, i) => {
    const before = line[i - 1] ?? '';
    if (isSecret(word) && word.includes('=')) return [word.replace(/=.*$/s, '=...')];
    if (isSecret(before) && !before.includes('=')) return ['...'];
    const isValue = before.startsWith('-') && !before.includes('=') && i !== line.length - 1;
    return others.has(word) && !isValue ? [] : [word];
  });
}

/** Whether a word is a flag that holds a secret, with its value or without. */
function isSecret(word: string): boolean {
  return secretFlag.test(/^--?([\w-]+)(=|$)/.exec(word)?.[1] ?? '');
}
