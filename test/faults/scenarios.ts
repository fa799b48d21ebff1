import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { succeed, type CliOptions } from '../helpers/cli.js';

/** Where a scenario runs: everything that it may touch lies in `folder`. */
export interface Place {
  readonly folder: string;
  readonly store: string;
  readonly options: CliOptions;
}

/** A command whose file calls fail one after the other. */
export interface Scenario {
  readonly name: string;
  /** Makes what the command works on. */
  prepare(place: Place): Promise<void>;
  command(place: Place): readonly string[];
  /** Whether there is nothing left to do, so that a repetition has nothing to do and may say so. */
  done(place: Place): Promise<boolean>;
}

const url = ['--url', 'tcp://127.0.0.1:1'];
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
const machine = ({ store }: Place, name: string) => join(store, 'machines', name);
const file = ({ folder }: Place) => join(folder, 'machines.tsm');
const create = (place: Place, name: string) => succeed(['create', '-d', 'none', ...url, name], place.options);

export const scenarios: readonly Scenario[] = [
  {
    name: 'the first create of a store',
    prepare: () => Promise.resolve(),
    command: () => ['create', '-d', 'none', ...url, 'm1'],
    done: (place) => finished(place, 'm1'),
  },
  {
    name: 'create',
    prepare: async (place) => {
      await create(place, 'kept');
    },
    command: () => ['create', '-d', 'none', ...url, 'm1'],
    done: (place) => finished(place, 'm1'),
  },
  {
    name: 'rm',
    prepare: async (place) => {
      await create(place, 'kept');
      await create(place, 'm1');
    },
    command: () => ['rm', '-y', 'm1'],
    done: async (place) => !(await exists(machine(place, 'm1'))),
  },
  {
    name: 'export',
    prepare: async (place) => {
      await create(place, 'kept');
      await create(place, 'm1');
    },
    command: (place) => ['export', '-o', file(place), 'm1'],
    done: (place) => exists(file(place)),
  },
  {
    name: 'import',
    prepare: async (place) => {
      await create(place, 'kept');
      const other = join(place.folder, 'other');
      await mkdir(other);
      await succeed(['create', '-d', 'none', ...url, 'm1'], { ...place.options, store: other });
      await succeed(['export', '-o', file(place), 'm1'], { ...place.options, store: other });
    },
    command: (place) => ['import', file(place)],
    done: (place) => finished(place, 'm1'),
  },
];

async function finished(place: Place, name: string): Promise<boolean> {
  const folder = machine(place, name);
  return (await exists(join(folder, 'config.json'))) && !(await exists(join(folder, 'journal.json')));
}
