import { mkdirSync } from 'node:fs';

import virtualbox from '../../../../drivers/virtualbox/index.js';
import { runDriverConformance } from '../../../../src/driver/kit/conformance.js';
import { Bench } from '../virtualbox/bench.js';
import { storedData } from './stored.js';

runDriverConformance(virtualbox, {
  fixtures: storedData('virtualbox'),
  makeWorld() {
    const bench = new Bench();
    mkdirSync(bench.ctx.cacheDir, { recursive: true });
    const { ctx } = bench;
    const exec = ctx.exec.bind(ctx);
    return {
      dir: bench.dir,
      files: ctx.files,
      flags: { 'virtualbox-image': bench.image },
      samples: {
        'virtualbox-nat-nictype': 'virtio',
        'virtualbox-hostonly-nictype': 'virtio',
        'virtualbox-hostonly-nicpromisc': 'allow-all',
        'virtualbox-hostonly-cidr': '192.168.77.1/24',
        'virtualbox-ui-type': 'gui',
        'virtualbox-share-folder': '/srv/data:data',
        'virtualbox-image': 'debian',
      },
      parts: () => ({ exec, listens: ctx.listens.bind(ctx), ssh: ctx.ssh.bind(ctx) }),
      account: () => ({ exec }),
      open: () => bench.driver,
      inventory: () => bench.left().map(String),
      machines: () => Object.keys(bench.world.vms).length,
    };
  },
});
