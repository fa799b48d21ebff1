import type { DriverModule } from '../../src/driver/contract.js';
import { flags } from './flags.js';

const google: DriverModule = {
  name: 'google',
  contract: 2,
  summary: 'VMs of Google Compute Engine',
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: true } }),
  open: async () => {
    const [{ googleOver }, { openGoogle }] = await Promise.all([import('./driver.js'), import('./api.js')]);
    return { ...googleOver({ open: openGoogle }), close: () => Promise.resolve() };
  },
};

export default google;
