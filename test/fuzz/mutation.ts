import { chanceOf } from '../helpers/chance.js';

/** Random choices that a seed repeats. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = chanceOf(seed);
  }

  /** From 0 up to, but not, `below`. */
  below(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** True in one of so many cases. */
  once(in_: number): boolean {
    return this.below(in_) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined && list.length === 0) throw new RangeError('nothing to pick from');
    return found as T;
  }
}

/** Words that have broken parsers: of paths, shells, terminals, numbers, JSON, YAML, templates, known_hosts and cloud-init. */
const words: readonly string[] = [
  ...[
    '',
    '\0',
    '\r\n',
    '\n',
    '\t',
    ' ',
    '\u001b]0;x\u0007',
    '\ufeff',
    '\u2028',
    '\ud800',
    '😀',
    'ß',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '/',
    '..',
    '../../../etc/passwd',
    '/etc/shadow',
    'C:\\x',
    '~',
    '-',
    '--',
    '-oProxyCommand=touch /tmp/x',
    '$(id)',
    '`id`',
    '${HOME}',
    '$',
    '%s%n',
    '%d',
    '%',
  ],
  ...[
    '0',
    '-0',
    '-1',
    '1e999',
    'NaN',
    'Infinity',
    '99999999999999999999',
    '0x10',
    '4294967296',
    '1.5',
    'true',
    'false',
    'null',
    '[]',
    '{}',
    '"',
    "'",
    '\\',
    '\\u0000',
  ],
  ...[': ', '- ', '? ', '<<: *a', '&a ', '*a', '!!js/function x', '|', '>', '#', '%YAML 1.1', '---', '...', '{', '}', '[', ']', ',', ':'],
  ...[
    '{{',
    '}}',
    '{{.',
    '{{range .}}',
    '{{range 1000000000}}',
    '{{end}}',
    '{{template "a" .}}',
    '{{define "a"}}',
    '{{if',
    '| json',
    'printf "%1000000d" 1',
    '(',
    ')',
    '$x := .',
    'len',
    'index .',
    'slice .',
  ],
  ...['@revoked', '@cert-authority', '|1|x|y', '*', '?', '!*', '*,*', '[h]:22', 'ssh-ed25519', 'AAAA'],
  ...[
    '#cloud-config\n',
    '#!/bin/sh\n',
    '#include\n',
    'Content-Type: multipart/mixed; boundary="x"\n',
    'MIME-Version: 1.0\n',
    '--x\n',
    '--x--\n',
  ],
  ...[
    'tcp://',
    'unix://',
    'http://x',
    '::1',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '1h',
    '1ns',
    'a=b',
    '=',
    'a,b',
    'Spec',
    'ID',
    'Name',
    'version',
    'Driver',
  ],
];

/** Long and deep texts; rare, because they take the time of a thousand others. */
const large: readonly ((chance: Chance) => string)[] = [
  (chance) =>
    chance
      .pick([' ', 'a', '*', '[', '{"a":', '(', '{{', '- ', '\n', '"', '\\', '0', '%[', '&', ',', '/../'])
      .repeat(chance.pick([100, 1000, 20_000])),
  (chance) => `${'['.repeat(chance.pick([150, 5000]))}`,
  (chance) => Array.from({ length: chance.pick([100, 2000]) }, (_, i) => `k${i}: ${i}`).join('\n'),
];

export function nastyWord(chance: Chance): string {
  return chance.once(150) ? chance.pick(large)(chance) : chance.pick(words);
}

/** A text with one to four changes of the kind that damage, hands or an attacker make. @param others parts of these may get in */
export function changedText(text: string, chance: Chance, others: readonly string[] = [text]): string {
  let changed = text;
  for (let left = 1 + chance.below(4); left > 0; left--) changed = change(changed, chance, others);
  return changed;
}

function change(text: string, chance: Chance, others: readonly string[]): string {
  const at = chance.below(text.length + 1);
  const length = chance.once(4) ? chance.below(text.length - at + 1) : chance.below(Math.min(12, text.length - at + 1));
  const [before, piece, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (chance.below(9)) {
    case 0:
      return before + after;
    case 1:
      return before + piece.repeat(chance.once(100) ? 200 : 2) + after;
    case 2:
      return before + nastyWord(chance) + after;
    case 3:
      return before + nastyWord(chance) + piece + after;
    case 4:
      return chance.once(3) ? before : text + nastyWord(chance);
    case 5: {
      const other = chance.pick(others);
      const from = chance.below(other.length + 1);
      return before + other.slice(from, from + chance.below(80)) + after;
    }
    case 6:
      return withLines(text, chance);
    case 7:
      return before + String.fromCharCode(chance.below(chance.once(4) ? 0x10000 : 128)) + after.slice(1);
    default:
      return inWord(text, chance);
  }
}

function withLines(text: string, chance: Chance): string {
  const lines = text.split('\n');
  const [one, other] = [chance.below(lines.length), chance.below(lines.length)];
  const line = lines[one] ?? '';
  if (chance.once(3)) lines.splice(one, 1);
  else if (chance.once(2)) lines.splice(other, 0, line);
  else [lines[one], lines[other]] = [lines[other] ?? '', line];
  return lines.join('\n');
}

/** One whole word in place of another. */
function inWord(text: string, chance: Chance): string {
  const found = [...text.matchAll(/[\w.-]+/g)];
  if (found.length === 0) return nastyWord(chance);
  const { index, 0: word } = chance.pick(found);
  return text.slice(0, index) + nastyWord(chance) + text.slice(index + word.length);
}

/** A document as JSON, with one to four of its values changed; rarely it is damaged as a text as well. */
export function changedJson(document: unknown, chance: Chance): string {
  const text = JSON.stringify(changedValue(document, chance));
  if (chance.once(10)) return changedText(text, chance);
  return chance.once(100) ? text.replace(/"[^"]{1,20}":/, (key) => `${key}${'{"a":'.repeat(5000)}1${'}'.repeat(5000)},"__proto__":`) : text;
}

/** A copy of a document of JSON, with one to four of its values changed. */
export function changedValue(document: unknown, chance: Chance): unknown {
  let changed: unknown = structuredClone(document);
  for (let left = 1 + chance.below(4); left > 0; left--) changed = changeValue(changed, chance);
  return changed;
}

type Fields = Record<string, unknown>;

function changeValue(value: unknown, chance: Chance): unknown {
  if (typeof value !== 'object' || value === null || chance.once(12)) return nastyValue(value, chance);
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    if (list.length === 0 || chance.once(4)) return chance.once(2) ? [...list, ...list, nastyValue('', chance)] : list.slice(1);
    const at = chance.below(list.length);
    return list.map((one, i) => (i === at ? changeValue(one, chance) : one));
  }
  const fields = value as Fields;
  const keys = Object.keys(fields);
  if (keys.length === 0) return { [nastyWord(chance)]: nastyValue('', chance) };
  const key = chance.pick(keys);
  const { [key]: old, ...others } = fields;
  switch (chance.below(8)) {
    case 0:
      return others;
    case 1:
      return { ...others, [nastyWord(chance)]: old };
    case 2:
      return { ...fields, [chance.once(2) ? key.toLowerCase() : nastyWord(chance)]: nastyValue(old, chance) };
    default:
      return Object.fromEntries(keys.map((one) => [one, one === key ? changeValue(old, chance) : fields[one]]));
  }
}

function nastyValue(old: unknown, chance: Chance): unknown {
  if (typeof old === 'string' && chance.once(2)) return changedText(old, chance);
  const whole: readonly unknown[] = [
    ...[
      null,
      true,
      false,
      0,
      -1,
      1.5,
      2 ** 31,
      2 ** 53,
      1e300,
      -0,
      '',
      [],
      {},
      [null],
      [[]],
      [{}],
      { a: null },
      { toString: 1 },
      { length: -1 },
    ],
    ...[['a', 1], { ID: {} }, [old, old], { a: old }, nastyWord(chance), nastyWord(chance), nastyWord(chance)],
  ];
  if (chance.once(300) && JSON.stringify(old).length < 100) return Array.from({ length: 5000 }, () => old);
  return chance.pick(whole);
}

/** Bytes with one to three of them changed, or a part of them gone or twice there. */
export function changedBytes(bytes: Buffer, chance: Chance): Buffer {
  const changed = Buffer.from(bytes);
  for (let left = 1 + chance.below(3); left > 0 && changed.length > 0; left--)
    changed.writeUInt8(chance.below(256), chance.below(changed.length));
  const at = chance.below(changed.length + 1);
  const end = at + chance.below(changed.length - at + 1);
  if (chance.once(6)) return Buffer.concat([changed.subarray(0, at), changed.subarray(end)]);
  return chance.once(6) ? Buffer.concat([changed.subarray(0, end), changed.subarray(at)]) : changed;
}
