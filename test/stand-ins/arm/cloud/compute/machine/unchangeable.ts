import { ArmError } from '../../../front/errors.js';
import { dig, text, texts, type Json } from '../../../world/json.js';
import type { Stored } from '../../../world/world.js';

/** What a machine keeps for life; what a later request leaves out is not asked about. */
const lasting = [
  'osProfile.computerName',
  'osProfile.adminUsername',
  'osProfile.linuxConfiguration',
  'storageProfile.osDisk.name',
  'storageProfile.osDisk.createOption',
  'storageProfile.osDisk.diffDiskSettings',
  'availabilitySet.id',
  'priority',
];
const reference = ['publisher', 'offer', 'sku', 'version', 'id'];

/** @throws ArmError PropertyChangeNotAllowed */
export function checkUnchanged(body: Json, { body: before, hidden }: Stored, name: string): void {
  const refuse = (property: string) =>
    new ArmError(409, 'PropertyChangeNotAllowed', `Changing property '${property}' is not allowed.`, { target: property });
  for (const path of lasting) {
    const [now, then] = [dig(body, `properties.${path}`), dig(before, `properties.${path}`)];
    if (now !== undefined && !covers(then, now)) throw refuse(path.replace(/^storageProfile\./, ''));
  }
  for (const part of reference) {
    const path = `properties.storageProfile.imageReference.${part}`;
    const now = text(body, path);
    if (now !== undefined && now !== text(before, path)) throw refuse('imageReference');
  }
  const secret = text(body, 'properties.osProfile.customData');
  if (secret !== undefined && secret !== hidden['customData']) throw refuse('osProfile.customData');
  if (texts(body, 'zones').join() !== texts(before, 'zones').join()) {
    const message = `Virtual machine '${name}' has the zones '${texts(before, 'zones').join()}'; changing property 'zones' is not allowed.`;
    throw new ArmError(409, 'PropertyChangeNotAllowed', message, { target: 'zones' });
  }
}

/** All of `part` is in `whole`. */
function covers(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) return Array.isArray(whole) && part.length === whole.length && part.every((each, i) => covers(whole[i], each));
  if (typeof part !== 'object' || part === null) return whole === part;
  return Object.entries(part).every(([key, value]) => covers(dig(whole, key), value));
}
