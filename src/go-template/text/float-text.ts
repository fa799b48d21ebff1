import { binary, fixed, halfToEven, shortest, significant, type Scientific } from './decimal.js';

export type FloatVerb = 'b' | 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X';

/** Go's strconv.FormatFloat of a finite number. Without a precision there are as many digits as are needed. */
export function floatText(value: number, verb: FloatVerb, precision?: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return sign + unsigned(Math.abs(value), verb, precision);
}

function unsigned(value: number, verb: FloatVerb, precision: number | undefined): string {
  switch (verb) {
    case 'b':
      return binaryText(value);
    case 'e':
      return exponential(precision === undefined ? shortest(value) : significant(value, precision + 1), 'e');
    case 'f':
      return precision === undefined ? positional(shortest(value)) : fixed(value, precision);
    case 'g':
      return general(value, precision);
    case 'x':
      return hexadecimal(value, precision);
    case 'E':
    case 'G':
    case 'X':
      return unsigned(value, lower[verb], precision).toUpperCase();
  }
}

const lower = { E: 'e', G: 'g', X: 'x' } as const;

/** The shorter of the two notations, without trailing zeros. */
function general(value: number, precision: number | undefined): string {
  const found = precision === undefined ? shortest(value) : significant(value, precision || 1);
  const number = { ...found, digits: found.digits.replace(/(?<=.)0+$/, '') };
  const threshold = precision === undefined ? 6 : precision || 1;
  return number.exponent < -4 || number.exponent >= threshold ? exponential(number, 'e') : positional(number);
}

function exponential({ digits, exponent }: Scientific, mark: string): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits.slice(0, 1)}${fraction}${mark}${power(exponent)}`;
}

function power(exponent: number): string {
  return (exponent < 0 ? '-' : '+') + String(Math.abs(exponent)).padStart(2, '0');
}

function positional({ digits, exponent }: Scientific): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return digits.length > exponent + 1 ? `${whole}.${digits.slice(exponent + 1)}` : whole;
}

/** 4503599627370496p-52 */
function binaryText(value: number): string {
  const { mantissa, exponent } = binary(value);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** 0x1.8p+01 */
function hexadecimal(value: number, precision: number | undefined): string {
  if (value === 0) return `0x0${precision ? `.${'0'.repeat(precision)}` : ''}p+00`;
  let { mantissa, exponent } = binary(value);
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent--;
  }
  let digits = mantissa;
  if (precision !== undefined && precision < 13) {
    const dropped = BigInt(4 * (13 - precision));
    digits = halfToEven(mantissa, 1n << dropped) << dropped;
  }
  if (digits >= 1n << 53n) {
    digits >>= 1n;
    exponent++;
  }
  const hex = digits.toString(16).slice(1);
  const fraction = precision === undefined ? hex.replace(/0+$/, '') : hex.slice(0, precision).padEnd(precision, '0');
  return `0x1${fraction && `.${fraction}`}p${power(exponent + 52)}`;
}

/** The effect of the flag #: always a decimal point and, for %g, zeros up to the precision, which is 6 by default. */
export function withPoint(text: string, verb: FloatVerb, precision = 6): string {
  if (verb === 'b') return text;
  const [, sign = '', number = '', tail = ''] = /^(-?)(0x[^p]*|[^e]*)(.*)$/i.exec(text) ?? [];
  const digits = number.replace('.', '').replace(/^0+/, '').length || 1;
  const zeros = ['g', 'G', 'x'].includes(verb) ? Math.max(precision - digits, 0) : 0;
  return `${sign}${number}${number.includes('.') ? '' : '.'}${'0'.repeat(zeros)}${tail}`;
}
