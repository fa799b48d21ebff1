/** One word of a command line: as written, and as the program receives it. */
export interface Word {
  readonly raw: string;
  readonly value: string;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', s: ' ', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/**
 * Splits a line into words by the rules of systemd.syntax(7): spaces separate words, both kinds of quotes group them, C escapes are
 * decoded.
 * References such as `$DOCKER_OPTS` stay as they are.
 */
export function splitWords(line: string): Word[] {
  const words: Word[] = [];
  let start = 0;
  let value = '';
  let quote = '';
  const end = (at: number) => {
    if (at > start) words.push({ raw: line.slice(start, at), value });
    start = at + 1;
    value = '';
  };
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? '';
    if (quote === '' && /\s/.test(char)) {
      end(i);
      continue;
    }
    if (char === '\\' && i + 1 < line.length) {
      const next = line[++i] ?? '';
      value += escapes[next] ?? next;
    } else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else value += char;
  }
  end(line.length);
  return words;
}

/** Quotes a word for an ExecStart line, so that systemd expands nothing in it. This is systemd's own syntax, not a shell's. */
export function execWord(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : systemdQuote(escaped);
}

/** Quotes one assignment for an Environment line of systemd (systemd.exec(5)). */
export function environmentWord(assignment: string): string {
  return systemdQuote(assignment.replaceAll('%', '%%'));
}

function systemdQuote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}
