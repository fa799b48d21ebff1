import { isLike, type Distribution } from './family.js';

/** boot2docker: the engine is part of the image, its settings are a file of shell variables. */
export const boot2docker = {
  family: 'boot2docker',
  covers: 'boot2docker',
  matches: (os) => isLike(os, 'boot2docker'),
  provisioner: () => 'boot2docker',
  systemUpgrade: () => 'recreate the machine from a newer image',
} as const satisfies Distribution;
