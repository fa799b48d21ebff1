const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const valid = new RegExp(`^(?=.{1,63}$)${label}(?:\\.${label})*$`);

/** Whether a guest can have this name: Linux allows 64 characters, DNS labels 63. */
export function isHostName(name: string): boolean {
  return valid.test(name);
}

/** The name a guest of this machine can have: the machine's own, unless that is too long or has a hyphen or dot where none may be. */
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
