/** Levels of lists and objects: more than any program writes. What is nested by the thousand cannot be written or walked again. */
const deepest = 200;

/**
 * The value of a JSON text from outside. This takes the place of `JSON.parse`, which reads any depth, while `JSON.stringify` and whatever
 * else walks the value by recursion would fail on it later.
 * @throws SyntaxError for what is not JSON, or is nested more than 200 deep
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, deepest)) throw new SyntaxError(`its values are nested more than ${deepest} deep`);
  return value;
}

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((one) => isDeeper(one, than - 1));
}
