import type { DriverModule } from '../../src/driver/contract.js';

const none: DriverModule = {
  name: 'none',
  summary: 'An engine that is there already, known by its URL',
  flags: [{ name: 'url', type: 'string', default: '', usage: 'URL of host when no driver is selected' }],
  features: { provision: false, powerControl: false, ownsHost: false, hostKeyKnown: false },
  load: async () => (await import('./driver.js')).none,
};

export default none;
