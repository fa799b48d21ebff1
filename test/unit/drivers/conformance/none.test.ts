import none from '../../../../drivers/none/index.js';
import { runDriverConformance } from '../../../../src/driver/kit/conformance.js';
import { computerFiles } from '../../../../src/machine/access/files.js';
import { scratch } from '../../../helpers/scratch.js';
import { storedData } from './stored.js';

runDriverConformance(none, {
  fixtures: storedData('none'),
  makeWorld: () => ({
    dir: scratch(),
    files: computerFiles,
    flags: { url: 'tcp://192.0.2.7:2376' },
    inventory: () => ['an engine that is there already'],
  }),
});
