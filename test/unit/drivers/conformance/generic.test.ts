import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import generic from '../../../../drivers/generic/index.js';
import { runDriverConformance } from '../../../../src/driver/kit/conformance.js';
import { computerFiles } from '../../../../src/machine/access/files.js';
import { scratch } from '../../../helpers/scratch.js';
import { storedData } from './stored.js';

runDriverConformance(generic, {
  fixtures: storedData('generic'),
  makeWorld: (around) => {
    const dir = scratch();
    const key = join(dir, 'id_rsa');
    writeFileSync(key, 'a private key');
    return {
      dir,
      files: computerFiles,
      flags: { 'generic-ip-address': '192.0.2.7', 'generic-ssh-key': key },
      samples: {
        'generic-ip-address': 'host.example.com',
        'generic-ssh-key': join(dir, 'another'),
        'generic-host-key': `SHA256:${'A'.repeat(43)}`,
        'generic-jump-host': ['admin@jump:22'],
      },
      parts: () => ({ listens: (host, port) => around(`listens ${host} ${port}`, () => Promise.resolve(port === 22)) }),
      inventory: () => ['a host that is there already'],
    };
  },
});
