import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { HyperV } from '../../../../../drivers/hyperv/api.js';
import { hypervBy } from '../../../../../drivers/hyperv/powershell/hyperv.js';
import { computerFiles } from '../../../../../src/machine/access/files.js';
import { cmdlets, hyperVCmdlets } from '../../../../stand-ins/hyperv/cmdlets/table.js';
import { possibleSets } from '../../../../stand-ins/hyperv/powershell/commands/binding.js';
import { openParser, type Parse } from '../../../../stand-ins/hyperv/powershell/syntax/parse.js';
import { commandsOf } from '../../../../stand-ins/hyperv/powershell/syntax/syntax.js';

const root = join(import.meta.dirname, '..', '..', '..', '..', '..');
const folder = join(root, 'templates', 'hyperv');
const scripts = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/** Every operation, with all that it sends. */
const operations: readonly ((hyperv: HyperV) => Promise<unknown>)[] = [
  (hyperv) => hyperv.rights(),
  (hyperv) => hyperv.host(),
  (hyperv) => hyperv.vms().catch(() => undefined), // an empty list, by a user without rights
  (hyperv) => hyperv.convertDisk({ source: 'a', target: 'b' }),
  (hyperv) => hyperv.diskSize('a'),
  (hyperv) => hyperv.newDisk({ path: 'a', parent: 'b', size: 1 }),
  (hyperv) => hyperv.newVm({ name: 'm', path: 'p', generation: 2, memory: 1, switch: 's', notes: 'n' }),
  (hyperv) => hyperv.setHardware({ id: 'i', cpus: 1, dynamic: true, minimum: 1, memory: 1, mac: '', vlan: 0 }),
  (hyperv) => hyperv.attachDrives({ id: 'i', disk: 'd', seed: 's', secureBoot: true }),
  (hyperv) => hyperv.attachIso({ id: 'i', disk: 'd', iso: 'o' }),
  (hyperv) => hyperv.start('i'),
  (hyperv) => hyperv.stop('i', 1000),
  (hyperv) => hyperv.turnOff('i'),
  (hyperv) => hyperv.removeVm('i'),
  (hyperv) => hyperv.addresses('i'),
];

describe('the PowerShell scripts of hyperv', () => {
  let parse: Parse;

  before(async () => {
    parse = await openParser(root);
  });

  for (const { name, text } of scripts) {
    it(`${name}: documented cmdlets and parameters alone, those of Hyper-V by their module's name`, () => {
      const calls = commandsOf(parse(text));
      expect(calls).not.to.have.length(0);
      for (const { name: written, words } of calls) {
        const [short = '', module] = written.split('\\').reverse();
        const declaration = cmdlets[short];
        if (!declaration) throw new Error(`${written} is not known`);
        expect(module, written).to.equal(Object.hasOwn(hyperVCmdlets, short) ? 'Hyper-V' : undefined);
        const given = words.flatMap((word) => ('parameter' in word ? [word.parameter] : []));
        for (const parameter of given) expect(declaration.parameters, written).to.have.property(parameter);
        expect(possibleSets(new Map(given.map((parameter) => [parameter, true])), declaration), written).not.to.have.length(0);
      }
    });

    it(`${name}: no text becomes a command`, () => {
      expect(text, "a string in double quotes would be evaluated, and lose its quotes on Windows's command line").not.to.include('"');
      expect(text).not.to.match(/Invoke-|\biex\b|scriptblock|::Create|\.Invoke|&\s|^\s*\./im);
      expect(text.replace(/\$in(?=\.[a-zA-Z]+\b| = @\(\$input\)\[0\] \| ConvertFrom-Json\n)/g, ''), 'what was sent').not.to.match(/\$in\b/);
      expect(text).to.match(/^[ -~\n]*$/);
    });

    it(`${name}: answers in one line, whatever happens, and fits on a command line`, () => {
      expect(text).to.match(/^\$ErrorActionPreference = 'Stop'\n[^]*\ntry \{\n[^]*\n\} catch \{\n {2}\$out = @\{ error = /);
      expect(text.trimEnd().split('\n').at(-1)).to.match(/^\[Console\]::Out\.WriteLine\(.*ConvertTo-Json \$out -Compress -Depth 5/);
      expect(text.length).to.be.below(8000);
    });
  }

  it('use every cmdlet that is declared', () => {
    const used = scripts.flatMap(({ text }) => commandsOf(parse(text))).map(({ name }) => name.replace(/^.*\\/, ''));
    expect([...new Set(used)].sort()).to.deep.equal(Object.keys(cmdlets).sort());
  });

  it('get exactly the fields they read, and each is called', async () => {
    const called = new Set<string>();
    const hyperv = hypervBy(
      {
        machineName: 'm',
        files: computerFiles,
        signal: new AbortController().signal,
        exec(_file, args, options) {
          const found = scripts.find(({ text }) => text === args[3]);
          if (!found) throw new Error('not a script of ours');
          called.add(found.name);
          const read = new Set([...found.text.matchAll(/\$in\.([a-z]+)/gi)].map(([, field]) => field));
          const sent = Object.keys(JSON.parse(String(options?.input)) as object);
          expect([...read].sort(), found.name).to.deep.equal(sent.sort());
          return Promise.resolve({ exitCode: 0, stdout: '{"value":null}\r\n', stderr: '' });
        },
      },
      'linux',
    );
    for (const operation of operations) await operation(hyperv);
    expect([...called].sort()).to.deep.equal(scripts.map(({ name }) => name).sort());
  });
});
