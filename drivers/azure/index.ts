import type { DriverModule } from '../../src/driver/contract.js';
import { flags } from './flags.js';

const azure: DriverModule = {
  name: 'azure',
  contract: 2,
  summary: 'Virtual machines of Microsoft Azure',
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: true } }),
  open: async () => {
    const [{ azureOver }, { openArm }] = await Promise.all([import('./driver.js'), import('./api.js')]);
    return { ...azureOver({ open: openArm }), close: () => Promise.resolve() };
  },
};

export default azure;
