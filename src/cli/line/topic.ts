/**
 * Finds the command at the beginning of a command line. A topic and its verb (`context create`) are one command, `context:create`.
 * @returns its id and the words after it; undefined if there is no such command
 */
export function findCommandWords(words: readonly string[], isKnown: (id: string) => boolean): { id: string; rest: string[] } | undefined {
  const [topic = '', verb = '', ...rest] = words;
  if (isKnown(topic)) return { id: topic, rest: words.slice(1) };
  return verb !== '' && isKnown(`${topic}:${verb}`) ? { id: `${topic}:${verb}`, rest } : undefined;
}

/** The commands of a topic, in the order of their names. */
export function verbsOf(topic: string, known: readonly string[]): string[] {
  return known.filter((id) => id.startsWith(`${topic}:`)).sort();
}

/** The id of a command as a person types it: `context create`. */
export function commandWords(id: string): string {
  return id.replaceAll(':', ' ');
}
