import { isHostName } from '../base/forms.js';

/** A host name for the guest of a machine: the machine's name, without what a host name cannot have and at most 63 characters. */
export function guestHostName(machineName: string): string {
  if (isHostName(machineName)) return machineName;
  const labels = machineName
    .replace(/[^A-Za-z0-9.-]/g, '-')
    .split('.')
    .map((part) => part.replace(/^-+|-+$/g, ''))
    .filter((part) => part !== '');
  return (
    labels
      .join('.')
      .slice(0, 63)
      .replace(/[-.]+$/, '') || 'machine'
  );
}
