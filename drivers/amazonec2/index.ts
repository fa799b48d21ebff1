import type { DriverModule } from '../../src/driver/contract.js';
import { flags } from './flags.js';

const amazonec2: DriverModule = {
  name: 'amazonec2',
  contract: 2,
  summary: 'Instances of Amazon EC2',
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: true } }),
  open: async ({ env }) => {
    const [{ amazonec2Over }, { openAws }] = await Promise.all([import('./driver.js'), import('./api.js')]);
    return { ...amazonec2Over({ open: openAws, env }), close: () => Promise.resolve() };
  },
};

export default amazonec2;
