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
