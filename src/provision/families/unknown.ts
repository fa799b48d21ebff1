import type { Distribution } from './family.js';

/** Any other system: provisioned if it has an engine already, or by a script that the user names. */
export const unknown = {
  family: 'unknown',
  covers: '',
  matches: () => true,
  provisioner: (os) => (os.id === '' ? 'the installed engine' : os.id),
} as const satisfies Distribution;
