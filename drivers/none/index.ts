import type { DriverModule, FlagSpec } from '../../src/driver/contract.js';

const flags: readonly FlagSpec[] = [
  { name: 'url', type: 'string', default: '', example: 'tcp://10.0.0.5:2376', usage: 'URL of host when no driver is selected' },
];

const none: DriverModule = {
  name: 'none',
  contract: 2,
  summary: 'An engine that is there already, known by its URL',
  describe: () => Promise.resolve({ flags, features: { provision: false, powerControl: false, ownsHost: false, hostKeyKnown: false } }),
  open: async () => ({ ...(await import('./driver.js')).none, close: () => Promise.resolve() }),
};

export default none;
