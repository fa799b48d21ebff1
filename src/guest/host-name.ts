const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const valid = new RegExp(`^(?=.{1,63}$)${label}(?:\\.${label})*$`);

/** Whether a guest can have this name: Linux allows 64 characters, DNS labels 63. */
export function isHostName(name: string): boolean {
  return valid.test(name);
}

/** The host name for a machine's guest: the machine's name, unless that is too long or has a hyphen or dot in a forbidden place. */
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
