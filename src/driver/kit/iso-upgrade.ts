import type { Driver } from '../contract.js';
import type { DriverData } from '../../base/machine.js';
import { changeIso, isoImages } from '../../guest/boot2docker/iso.js';

/**
 * What lets a driver's machines be upgraded that boot from an ISO.
 * @param isoText where a machine's ISO came from, as `isoSource` takes it; undefined for a machine that boots from its disk
 */
export function isoUpgrade(isoText: (data: DriverData) => string | undefined): Required<Pick<Driver, 'images' | 'upgradeImage'>> {
  return {
    async images(data, ctx) {
      const text = isoText(data);
      return text === undefined ? undefined : isoImages(text, ctx);
    },
    async upgradeImage(_data, ctx, image) {
      await changeIso(image.path, ctx);
    },
  };
}
