import { isLike, type Distribution } from './family.js';

/** boot2docker: the engine is in the image, its settings in a profile of shell variables. */
export const boot2docker: Distribution = {
  family: 'boot2docker',
  covers: 'boot2docker',
  matches: (os) => isLike(os, 'boot2docker'),
  provisioner: () => 'boot2docker',
  systemUpgrade: () => 'make the machine anew from a newer image',
};
