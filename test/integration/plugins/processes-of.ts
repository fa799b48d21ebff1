import { readFileSync, readdirSync } from 'node:fs';

/** The command lines of the processes that run programs of this folder. Linux. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0]?.startsWith(folder) ? [words.join(' ').trim()] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}
