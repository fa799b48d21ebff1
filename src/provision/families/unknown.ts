import type { Distribution } from './family.js';

/** Anything else: provisioned if an engine is there already, or by a script the user names. */
export const unknown: Distribution = {
  family: 'unknown',
  covers: '',
  matches: () => true,
  provisioner: (os) => (os.id === '' ? 'the engine that is there' : os.id),
};
