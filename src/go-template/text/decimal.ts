/** Decimal digits of floating-point numbers, exact and rounded half to even as Go rounds them (JavaScript rounds halves up). */

/** The decimal point is after the first digit; the value is digits * 10^exponent. */
export interface Scientific {
  readonly digits: string;
  readonly exponent: number;
}

/** The fewest digits that still give the same number when parsed. */
export function shortest(value: number): Scientific {
  const [digits = '0', exponent = '0'] = value.toExponential().split('e');
  return { digits: digits.replace('.', ''), exponent: Number(exponent) };
}

/** Every float64 has fewer digits than that, before and after the point: the rest are zeros, and long division need not find them. */
const mostDigits = 1100;

/** The value, which is not negative, with `count` digits; at least one. */
export function significant(value: number, count: number): Scientific {
  if (count > mostDigits) {
    const { digits, exponent } = significant(value, mostDigits);
    return { digits: digits.padEnd(count, '0'), exponent };
  }
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 };
  let { exponent } = shortest(value);
  let digits = scaled(value, count - 1 - exponent).toString();
  if (digits.length < count) digits = scaled(value, count - 1 - --exponent).toString();
  if (digits.length > count) digits = scaled(value, count - 1 - ++exponent).toString();
  return { digits, exponent };
}

/** The value, which is not negative, with `places` digits after the decimal point. */
export function fixed(value: number, places: number): string {
  if (places > mostDigits) return fixed(value, mostDigits) + '0'.repeat(places - mostDigits);
  const digits = scaled(value, places)
    .toString()
    .padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** value * 10^power, rounded. */
function scaled(value: number, power: number): bigint {
  const { mantissa, exponent } = binary(value);
  const numerator = (mantissa * 10n ** BigInt(Math.max(power, 0))) << BigInt(Math.max(exponent, 0));
  const denominator = (10n ** BigInt(Math.max(-power, 0))) << BigInt(Math.max(-exponent, 0));
  return halfToEven(numerator, denominator);
}

export function halfToEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}

/** The value as mantissa * 2^exponent, as stored in memory; the mantissa has 53 bits, except for the smallest numbers. */
export function binary(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const power = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  return power === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: power - 1075 };
}
