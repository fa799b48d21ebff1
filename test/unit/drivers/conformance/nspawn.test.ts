import nspawn from '../../../../drivers/nspawn/index.js';
import { nspawnOver } from '../../../../drivers/nspawn/driver.js';
import { runDriverConformance } from '../../../../src/driver/kit/conformance.js';
import { computerFiles } from '../../../../src/machine/access/files.js';
import { openPlayground } from '../nspawn/playground.js';

runDriverConformance(nspawn, {
  async makeWorld(around) {
    const { dir, computer, inventory, close } = await openPlayground();
    const disturbed = {
      ...computer,
      run: (...args: Parameters<typeof computer.run>) => around(`${args[0]} ${args[1].join(' ')}`, () => computer.run(...args)),
      start: (...args: Parameters<typeof computer.start>) => around(`${args[0]} ${args[1].join(' ')}`, () => computer.start(...args)),
    };
    return {
      dir,
      files: computerFiles,
      flags: {},
      samples: {
        'nspawn-suite': 'bookworm',
        'nspawn-mirror': 'https://deb.example.com/debian',
        'nspawn-cidr': '10.99.0.0/24',
        'nspawn-rootfs': '/srv/root.tar',
        'nspawn-engine': 'machine',
      },
      open: () => nspawnOver(() => disturbed),
      inventory,
      machines: () => [...computer.links].filter((link) => link.startsWith('netns ')).length,
      close,
    };
  },
});
