import { quote, unquoteChar } from './quoting.js';

/** A number in a template; its type depends on how it is written. */
export type NumberLiteral = { readonly float: number } | { readonly int: bigint } | { readonly overflow: true };

const integer = /^([+-]?)(?:(0[xX])([0-9a-fA-F]+)|(0[bB])([01]+)|(0[oO]?)([0-7]+)|(0|[1-9][0-9]*))$/;
const decimalFloat = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const hexFloat = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/;

/** @throws Error with Go's message for an invalid number */
export function parseNumber(text: string): NumberLiteral {
  if (text.startsWith("'")) return { int: BigInt(characterCode(text)) };
  const plain = withoutUnderscores(text);
  if (plain !== undefined) {
    const int = parseInteger(plain);
    if (int !== undefined && int >= -(2n ** 63n) && int < 2n ** 63n) return { int };
    if (int !== undefined && int < 2n ** 64n && int >= 0n && !/^[+-]/.test(plain)) return { overflow: true };
    const float = parseFloatLiteral(plain);
    if (float !== undefined && Number.isFinite(float)) {
      if (/[.eEpP]/.test(text)) return { float };
      throw new Error(`integer overflow: ${quote(text)}`);
    }
  }
  throw new Error(`illegal number syntax: ${quote(text)}`);
}

function characterCode(text: string): number {
  const code = unquoteChar(text);
  if (code === undefined) throw new Error('invalid syntax');
  if (code === null) throw new Error(`malformed character constant: ${text}`);
  return code;
}

/** Underscores are allowed between digits, and between a base prefix and a digit. */
function withoutUnderscores(text: string): string | undefined {
  if (!text.includes('_')) return text;
  const prefix = /^[+-]?0[xXbBoO]/.exec(text)?.[0] ?? '';
  const digit = /^[+-]?0[xX]/.test(prefix) ? '0-9a-fA-F' : '0-9';
  const rest = text.slice(prefix.length);
  const misplaced = new RegExp(`(^|[^${digit}])_${prefix === '' ? '' : '(?!^)'}|_([^${digit}]|$)`);
  const checked = prefix !== '' && rest.startsWith('_') ? rest.slice(1) : rest;
  return misplaced.test(checked) ? undefined : text.replaceAll('_', '');
}

function parseInteger(text: string): bigint | undefined {
  const match = integer.exec(text);
  if (match === null) return undefined;
  const [, sign, , hex, , binary, , octal, decimal] = match;
  const size =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? '0');
  return sign === '-' ? -size : size;
}

function parseFloatLiteral(text: string): number | undefined {
  if (decimalFloat.test(text)) return Number(text);
  const match = hexFloat.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return undefined;
  const size = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}
