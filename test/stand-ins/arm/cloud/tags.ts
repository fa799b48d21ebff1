import { ArmError } from '../front/errors.js';
import { isJson } from '../world/json.js';

/** @throws ArmError when the tags of a resource are more, longer or other than Azure allows */
export function checkTags(tags: unknown): void {
  if (tags === undefined || tags === null) return;
  const refuse = (code: string, message: string) => new ArmError(400, code, message);
  if (!isJson(tags)) throw refuse('InvalidTags', 'The tags are no object.');
  const entries = Object.entries(tags);
  if (entries.length > 50) throw refuse('TooManyTags', `The number of tags '${entries.length}' is more than the maximum of '50'.`);
  for (const [name, value] of entries) {
    if (/[<>%&\\?/]/.test(name)) {
      throw refuse('InvalidTagNameCharacters', `The tag name '${name}' has reserved characters '<,>,%,&,\\,?,/' or control characters.`);
    }
    if (name.length > 512) throw refuse('InvalidTagName', `The tag name '${name}' is longer than the maximum of '512' characters.`);
    if (/^(microsoft|azure|windows)/i.test(name)) {
      throw refuse('InvalidTagName', `The tag name '${name}' has a reserved prefix: 'microsoft', 'azure', 'windows'.`);
    }
    if (typeof value !== 'string' || value.length > 256) {
      throw refuse('InvalidTagValue', `The value of the tag '${name}' is no text of at most '256' characters.`);
    }
  }
  const lower = entries.map(([name]) => name.toLowerCase());
  if (new Set(lower).size < lower.length) throw refuse('InvalidTags', 'Names of tags are compared without case; two are the same.');
}
