import { isPrint } from '../syntax/characters.js';

/** The flags between the percent sign and the verb. */
export interface Flags {
  readonly width?: number | undefined;
  readonly precision?: number | undefined;
  readonly minus?: boolean;
  readonly plus?: boolean;
  readonly sharp?: boolean;
  readonly space?: boolean;
  readonly zero?: boolean;
  /** %#v: Go syntax. */
  readonly goSyntax?: boolean;
  /** %+v: structs with the names of their fields. */
  readonly fieldNames?: boolean;
}

/** Pads to the width, counted in characters; zeros only on the left. */
export function pad(text: string, { width = 0, minus, zero }: Flags): string {
  const missing = Math.max(width - Array.from(text).length, 0);
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}

const prefixes: Readonly<Record<number, string>> = { 2: '0b', 8: '0', 16: '0x' };

/** An integer in a base; the precision is the least number of digits. */
export function integerText(value: bigint, base: 2 | 8 | 10 | 16, flags: Flags, lead = ''): string {
  const { plus, space, sharp, zero, minus, width, precision } = flags;
  const sign = value < 0n ? '-' : plus ? '+' : space ? ' ' : '';
  const size = value < 0n ? -value : value;
  if (precision === 0 && size === 0n) return pad('', { width });
  const filled = zero && !minus && width !== undefined ? width - sign.length : 0;
  const digits = size.toString(base).padStart(precision ?? filled, '0');
  const prefix = sharp && !(base === 8 && digits.startsWith('0')) ? (prefixes[base] ?? '') : '';
  return pad(sign + lead + prefix + digits, { ...flags, zero: false });
}

/** U+0041, or with # U+0041 'A'. */
export function unicodeText(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const name = `U+${code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 4, 4), '0')}`;
  const char = code <= 0x10ffffn && (code < 0xd800n || code > 0xdfffn) ? String.fromCodePoint(Number(code)) : '';
  return pad(flags.sharp && char !== '' && isPrint(char) ? `${name} '${char}'` : name, { ...flags, zero: false });
}
