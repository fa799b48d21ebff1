import { readFileSync } from 'node:fs';

import { readSwarmFile } from '../../../src/swarm/file/read.js';
import { changedText, nastyWord } from '../mutation.js';
import type { Target } from '../target.js';

const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Every example of the page on swarm files, and what people write to save lines. */
const samples = [
  text('examples/quickstart.yaml'),
  ...[...text('docs/swarm-file.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml),
  `x-base: &base\n  driver: none\n  labels: {zone: a}\nx-more: &more\n  <<: *base\n  tls-sans: [a.example]\ngroups:\n  m: {<<: *more, role: manager, count: 3}\n  w: {<<: [*base, *more], role: worker, names: [a, b]}\n`,
  'groups:\n  "1": {role: manager, driver: none, count: "${COUNT:-1}", engine: {opts: [a=b], version: 28.10, env: ["A=${B:?why}"]}}\n',
];

export const swarmFile: Target = {
  name: 'swarm-file',
  share: 4,
  open: () => ({
    make: (chance) => {
      const changed = changedText(chance.pick(samples), chance, samples);
      if (!chance.once(60)) return changed;
      const level = (i: number) => `a${i}: &a${i} {<<: [*a${i - 1}, *a${i - 1}], ${JSON.stringify(nastyWord(chance))}: 1}\n`;
      return `a0: &a0 {x: 1}\n${Array.from({ length: 5 + chance.below(60) }, (_, i) => level(i + 1)).join('')}${changed}`;
    },
    take: (input) => readSwarmFile(String(input), { file: 'swarm.yaml', folderName: 'prod', env: { HOME: '/root' } }),
  }),
};
