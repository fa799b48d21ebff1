import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import module from '../../../drivers/hyperv/index.js';
import { runDriverConformance } from '../../../src/driver/kit/conformance.js';
import { scratch } from '../../helpers/scratch.js';
import { Playground } from './playground.js';

/** Building the stand-in takes longer than a machine: every world has the same one, emptied. */
let playground: Playground | undefined;
let count = 0;

describe('hyperv over the stand-in', function () {
  this.timeout(300_000);
  after(() => {
    playground?.close();
  });

  runDriverConformance(module, {
    stride: 29, // every call of a script starts a process
    async makeWorld() {
      playground ??= await Playground.open();
      const { standIn, driver } = playground;
      const empty = emptied(standIn.world());
      standIn.write(empty);
      rmSync(join(playground.dir, 'machines'), { recursive: true, force: true });
      count += 1;
      const dir = join(scratch(), String(count));
      mkdirSync(join(dir, 'cache'), { recursive: true });
      const ctx = playground.ctx();
      const exec = ctx.exec.bind(ctx);
      return {
        dir,
        files: ctx.files,
        flags: { 'hyperv-image': playground.file('image.raw') },
        samples: {
          'hyperv-memory': 2048,
          'hyperv-image': 'debian',
          'hyperv-boot2docker-url': '/srv/boot2docker.iso',
          'hyperv-virtual-switch': 'external',
          'hyperv-static-macaddress': '00:15:5D:01:02:03',
        },
        parts: () => ({ exec, listens: ctx.listens.bind(ctx) }),
        account: () => ({ exec }),
        open: () => driver,
        inventory: () => Object.values(standIn.world().vms).map(({ uuid, name }) => `${name} ${uuid}`),
        machines: () => Object.keys(standIn.world().vms).length,
      };
    },
  });
});

function emptied<W extends { vms: object }>(world: W): W {
  return { ...world, vms: {} };
}
