/**
 * The command that words begin with, when it is one of those known, and what follows it. A topic and its verb (`context create`) are
 * one command.
 */
export function findCommandWords(words: readonly string[], isKnown: (name: string) => boolean): { name: string; rest: readonly string[] } | undefined {
  const [topic = '', verb = '', ...rest] = words;
  if (isKnown(topic)) return { name: topic, rest: words.slice(1) };
  return isKnown(`${topic} ${verb}`) ? { name: `${topic} ${verb}`, rest } : undefined;
}

/** The verbs of a topic; none for any other word. */
export function verbsOf(topic: string, names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(`${topic} `)).map((name) => name.slice(topic.length + 1));
}
