import { expect } from 'chai';

import { asTyped, exitStatus, programName } from '../../../../src/cli/line/program.js';

/** Calls `read` as if the program had been started as `file`. */
function startedAs<T>(file: string, read: () => T): T {
  const [, before = ''] = process.argv;
  process.argv[1] = file;
  try {
    return read();
  } finally {
    process.argv[1] = before;
  }
}

const asOld = (text: string) => startedAs('/usr/bin/docker-machine', () => asTyped(text));

describe("cli: the program's name", () => {
  const names: [string, string][] = [
    ['/usr/local/bin/tsmachine', 'tsmachine'],
    ['/usr/lib/node_modules/tsmachine/bin/run.js', 'tsmachine'],
    ['/usr/local/bin/docker-machine', 'docker-machine'],
    ['/opt/docker-machine.js', 'docker-machine'],
    ['C:\\tools\\docker-machine.exe', 'docker-machine'],
    ['/opt/docker-machine/run.js', 'tsmachine'],
    ['/usr/bin/docker-machine-driver-x', 'tsmachine'],
    ['', 'tsmachine'],
  ];
  for (const [file, name] of names) {
    it(`is ${name} for ${file === '' ? 'no file' : file}`, () => {
      expect(startedAs(file, programName)).to.equal(name);
    });
  }

  it('stands in what the engine says', () => {
    expect(asOld('Use "tsmachine ls" to list machines.')).to.equal('Use "docker-machine ls" to list machines.');
    expect(asOld('Create it again (tsmachine create continues), or: tsmachine rm -f m1')).to.equal(
      'Create it again (docker-machine create continues), or: docker-machine rm -f m1',
    );
    expect(asOld('sudo tsmachine --storage-path /x create m1')).to.equal('sudo docker-machine --storage-path /x create m1');
    expect(startedAs('/usr/bin/tsmachine', () => asTyped('tsmachine ls'))).to.equal('tsmachine ls');
  });

  it('stands neither in paths, nor in names, nor where the package is meant', () => {
    for (const text of [
      '/etc/sudoers.d/tsmachine and more',
      'zz-tsmachine.conf is',
      'Reinstall tsmachine',
      'the bridge tsmachine-br0 is',
    ]) {
      expect(asOld(text)).to.equal(text);
    }
    expect(asOld('tsmachine ssh tsmachine sudo vi')).to.equal('docker-machine ssh tsmachine sudo vi');
    expect(asOld('tsmachine rm -y -f tsmachine now')).to.equal('docker-machine rm -y -f tsmachine now');
  });

  it('decides the status of usage errors', () => {
    const statuses = () => [0, 1, 2, 3, 130].map(exitStatus);
    expect(startedAs('/usr/bin/docker-machine', statuses)).to.deep.equal([0, 1, 1, 3, 130]);
    expect(startedAs('/usr/bin/tsmachine', statuses)).to.deep.equal([0, 1, 2, 3, 130]);
  });
});
