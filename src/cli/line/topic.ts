/**
 * The id of the command that words begin with, when it is known, and what follows it. A topic and its verb (`context create`) are one
 * command, `context:create`.
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

/** A command's id as it is typed. */
export function typed(id: string): string {
  return id.replaceAll(':', ' ');
}
