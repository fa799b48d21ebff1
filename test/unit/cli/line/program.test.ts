import { expect } from 'chai';

import { evaluate, run, say, type Text } from '../../../../src/base/text.js';
import { asTyped, exitStatus, programName, renderTexts } from '../../../../src/cli/line/program.js';

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

const asOld = (text: Text) => startedAs('/usr/bin/docker-machine', () => asTyped(text));

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

  it('is put in front of the commands that a text names', () => {
    const text = say`Free it first: ${run('swarm', 'leave', 'm1')}, then ${evaluate('env', 'm1')}`;
    expect(asOld(text)).to.equal('Free it first: docker-machine swarm leave m1, then eval $(docker-machine env m1)');
    expect(asOld(run('ssh', 'tsmachine', 'ls'))).to.equal('docker-machine ssh tsmachine ls');
    expect(startedAs('/usr/bin/tsmachine', () => asTyped(text))).to.equal(
      'Free it first: tsmachine swarm leave m1, then eval $(tsmachine env m1)',
    );
  });

  it('replaces no words of a string', () => {
    for (const text of ['/etc/sudoers.d/tsmachine and more', 'Reinstall tsmachine', 'tsmachine ls']) expect(asOld(text)).to.equal(text);
  });

  it('is put into texts that are printed as JSON', () => {
    const json = startedAs('/usr/bin/docker-machine', () => JSON.stringify({ fix: run('start', 'm1'), other: 1 }, renderTexts));
    expect(json).to.equal('{"fix":"docker-machine start m1","other":1}');
  });

  it('decides the status of usage errors', () => {
    const statuses = () => [0, 1, 2, 3, 130].map(exitStatus);
    expect(startedAs('/usr/bin/docker-machine', statuses)).to.deep.equal([0, 1, 1, 3, 130]);
    expect(startedAs('/usr/bin/tsmachine', statuses)).to.deep.equal([0, 1, 2, 3, 130]);
  });
});
