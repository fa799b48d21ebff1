import type { DriverSource } from '../../driver/source.js';
import { findFolders, readFolder } from './find.js';

/** Drivers that are packages of npm: `tsmachine-driver-NAME`. */
export const driverPackages: DriverSource = {
  kind: 'npm package',
  names: async (search) => (await findFolders(search)).map(({ driver }) => driver),
  async find(name, search) {
    const folder = (await findFolders(search)).find(({ driver }) => driver === name);
    if (!folder) return undefined;
    const [pack, { loadPackage }] = await Promise.all([readFolder(folder), import('./load.js')]);
    return loadPackage(pack);
  },
  where: async (name, search) => (await findFolders(search)).filter(({ driver }) => driver === name).map(({ dir }) => dir),
};
