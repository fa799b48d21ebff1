import { expect } from 'chai';

import { machineFiles, machinePaths } from '../../../src/store/paths.js';
import { sourceFiles, textOf } from '../architecture/sources.js';

describe('names on disk', () => {
  it('are the same in the paths of a machine', () => {
    const { dir, ...paths } = machinePaths('/store', 'm1');
    expect(Object.entries(paths)).to.have.deep.members(Object.entries(machineFiles).map(([key, file]) => [key, `${dir}/${file}`]));
  });

  it('are spelled in src/store/paths.ts alone, among the rooms that may import it', () => {
    const rooms = ['machine', 'doctor', 'transfer', 'copy', 'store', 'swarm'].map((room) => `src/${room}`);
    const names = [...Object.values(machineFiles), 'swarm.json', 'unlock-keys.json', 'backups', 'machines', '.new-', '.doctor-'];
    const spelled = sourceFiles(...rooms)
      .filter((file) => file !== 'src/store/paths.ts')
      .flatMap((file) => names.filter((name) => textOf(file).includes(`'${name}'`)).map((name) => `${file}: ${name}`));
    expect(spelled).to.deep.equal([]);
  });
});
