/**
 * The `meta-data` of a guest. The instance-id must stay the same for a machine's whole life: a guest that finds another one than on its
 * last
 * boot assumes that it is a copy and runs its first-boot setup again.
 */
export function metaData(guest: { readonly instanceId: string; readonly hostname: string }): string {
  return `${JSON.stringify({ 'instance-id': guest.instanceId, 'local-hostname': guest.hostname }, undefined, 2)}\n`;
}
