/** Levels of lists and objects: more than any program writes. What is nested by the thousand cannot be written or walked again. */
const deepest = 200;

/** JSON that is nested more than any program writes. */
export class NestedTooDeep extends SyntaxError {
  readonly most = deepest;

  constructor() {
    super(`its values are nested more than ${deepest} deep`);
  }
}

/**
 * The value of a JSON text from outside. This takes the place of `JSON.parse`, which reads any depth, while `JSON.stringify` and whatever
 * else walks the value by recursion would fail on it later.
 * @throws SyntaxError for what is not JSON; NestedTooDeep, which is one as well
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, deepest)) throw new NestedTooDeep();
  return value;
}

/** As `parseJson`, where a text that is cut off, edited or foreign is no failure: undefined, which no JSON text says. */
export function jsonOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined; // the caller finds no document of its kind, and knows what that means
  }
}

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((one) => isDeeper(one, than - 1));
}

const brand = Symbol.for('tsmachine.integer');

/** A whole number that no number of JavaScript can hold. In a text that knows nothing of it, it becomes the nearest one. */
export class BigInteger {
  readonly [brand] = true;

  constructor(readonly digits: string) {}

  /** True for those from any copy of this module. */
  static is(value: unknown): value is BigInteger {
    return typeof value === 'object' && value !== null && brand in value;
  }

  toJSON(): number {
    return Number(this.digits);
  }
}

/** Stands before the digits of such a number while it is a text. */
const mark = '\u0000integer:';
const numbersAndTexts = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const marked = /"\\u0000integer:(-?\d+)"/g;

/** As `parseJson`, with a BigInteger for each whole number beyond 2^53: other programs write 64 bits. `exactJson` writes it again. */
export function parseExactJson(text: string): unknown {
  const value = parseJson(text);
  if (!/\d{16}/.test(text)) return value;
  const safe = text.replace(numbersAndTexts, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(mark + token) : token,
  );
  const revive = (_key: string, one: unknown) =>
    typeof one === 'string' && one.startsWith(mark) ? new BigInteger(one.slice(mark.length)) : one;
  return safe === text ? value : JSON.parse(safe, revive);
}

/** The JSON text of a value that `parseExactJson` read. @param space as that of JSON.stringify */
export function exactJson(value: unknown, space?: number): string {
  const written = function (this: unknown, key: string, one: unknown): unknown {
    const whole = (this as Record<string, unknown>)[key];
    return BigInteger.is(whole) ? mark + whole.digits : one;
  };
  return JSON.stringify(value, written, space).replace(marked, '$1');
}
