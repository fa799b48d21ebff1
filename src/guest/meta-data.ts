/**
 * The `meta-data` of a guest. A guest that finds another instance-id than on its last boot takes itself for a copy and sets itself up anew:
 * the id is one machine's for its whole life.
 */
export function metaData(guest: { readonly instanceId: string; readonly hostname: string }): string {
  return `${JSON.stringify({ 'instance-id': guest.instanceId, 'local-hostname': guest.hostname }, undefined, 2)}\n`;
}
