import { expect } from 'chai';

import { breach } from './breaches.js';
import { foreign, lazy } from './rules.js';
import { importsOf, sourceFiles, textOf } from './sources.js';

const files = sourceFiles('src', 'drivers');
const broken = (file: string, text: string) => importsOf(file, text).map(breach).filter((sentence) => sentence !== undefined);

describe('architecture: who imports whom', () => {
  it('finds the sources', () => {
    expect(files).to.include.members(['src/base/errors.ts', 'src/driver/contract.ts', 'src/index.ts']);
  });

  it('keeps the direction of the layers and one importer per foreign library', () => {
    expect(files.flatMap((file) => broken(file, textOf(file)))).to.deep.equal([]);
  });

  it('imports no package that package.json does not declare as a dependency', () => {
    const declared = packageJson().dependencies;
    const used = new Set(files.flatMap((file) => importsOf(file)).filter(({ kind }) => kind === 'package').map(({ to }) => to));
    expect([...used].filter((name) => !(name in declared))).to.deep.equal([]);
  });

  it('loads no heavy library with a command', () => {
    const entries = ['src/cli/main.ts', 'src/driver/registry.ts', ...files.filter((file) => file.startsWith('src/commands/') || /^drivers\/[^/]+\/index/.test(file))];
    const heavy = entries.flatMap((entry) => [...loadedWith(entry)].filter(([name]) => lazy.includes(name)).map(([name, chain]) => [...chain, name].join(' > ')));
    expect(heavy).to.deep.equal([]);
  });
});

describe('architecture: the rules themselves', () => {
  const cases: [why: string, file: string, text: string, rule: RegExp][] = [
    ['upward', 'src/store/store.ts', "import { create } from '../core/create.js';", /src\/store may import src\/system, the leaves/],
    ['upward, type only', 'src/system/processes/exec.ts', "import type { Store } from '../store/store.js';", /src\/system may import the leaves/],
    ['upward, dynamic', 'src/ssh/dial/connect.ts', "const f = () => import('../core/create.js');", /src\/ssh may import/],
    ['upward, re-export', 'src/certs/pem.ts', "export * from '../docker/client.js';", /src\/certs may import/],
    ['upward, import type in a type', 'src/store/paths.ts', "let x: import('../cli/table.js').Row;", /src\/store may import/],
    ['a command below the core', 'src/commands/ls.ts', "import { openStore } from '../store/store.js';", /src\/commands may import src\/cli, src\/core/],
    ['a leaf', 'src/base/errors.ts', "import { run } from '../system/exec.js';", /a leaf imports nothing but leaves/],
    ['driver to driver', 'drivers/none/driver.ts', "import x from '../generic/index.js';", /drivers\/none may import/],
    ['driver to store', 'drivers/none/driver.ts', "import x from '../../src/store/paths.js';", /drivers\/none may import/],
    ['driver to the registry', 'drivers/none/driver.ts', "import x from '../../src/driver/registry.js';", /drivers\/none may import/],
    ['a table, static', 'src/driver/registry.ts', "import x from '../../drivers/none/index.js';", /a table loads its entries by import\(\)/],
    ['a table, another file of the driver', 'src/driver/registry.ts', "import('../../drivers/none/driver.js');", /src\/driver may import/],
    ['an unknown area', 'src/telemetry/send.ts', "import x from '../core/create.js';", /src\/telemetry has no place/],
    ['ssh2', 'src/machine/access/shell.ts', "import { Client } from 'ssh2';", /only src\/ssh may/],
    ['ssh2, dynamic', 'src/machine/access/shell.ts', "await import('ssh2');", /only src\/ssh may/],
    ['oclif by a subpath', 'src/machine/list.ts', "import * as Flags from '@oclif/core/flags';", /only src\/cli and src\/commands may/],
    ['HTTP', 'drivers/none/driver.ts', "import { request } from 'node:https';", /only src\/docker and src\/system may/],
    ['a new package', 'src/machine/list.ts', "import _ from 'lodash/fp';", /imports lodash: the package has no importer yet/],
  ];
  for (const [why, file, text, rule] of cases) {
    it(`refuse: ${why}`, () => {
      const [sentence, ...more] = broken(file, text);
      expect(sentence).to.match(rule);
      expect(sentence).to.contain(file);
      expect(more).to.deep.equal([]);
    });
  }

  it('allow what goes down, the leaves, the own folder and the tables', () => {
    const allowed: [string, string][] = [
      ['src/commands/ls.ts', "import { table } from '../cli/table.js'; import { listMachines } from '../core/list.js';"],
      ['src/machine/create.ts', "import { connect } from '../ssh/connect.js'; import { run } from '../system/exec.js'; import './names.js';"],
      ['src/ssh/dial/connect.ts', "import { TsmachineError } from '../core/errors.js'; import type { Client } from 'ssh2'; import 'node:net';"],
      ['src/driver/registry.ts', "const load = () => import('../../drivers/none/index.js');"],
      ['drivers/none/driver.ts', "import type { Driver } from '../../src/driver/contract.js'; import './config.js'; import '../../src/cloudinit/seed.js';"],
    ];
    expect(allowed.flatMap(([file, text]) => broken(file, text))).to.deep.equal([]);
  });

  it('are not fooled by comments and strings', () => {
    expect(broken('src/store/store.ts', "// import x from '../core/create.js'\nconst text = `import('../core/create.js')`;")).to.deep.equal([]);
  });

  it('name only packages that are dependencies', () => {
    const packages = Object.keys(foreign).filter((name) => !name.startsWith('node:'));
    expect(packages.filter((name) => !(name in packageJson().dependencies))).to.deep.equal([]);
  });
});

function packageJson(): { dependencies: Record<string, string> } {
  return JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
}

/** Packages that are loaded together with a module, and the chain of files that brings each. */
function loadedWith(file: string, chain: readonly string[] = [], seen = new Set<string>()): Map<string, readonly string[]> {
  const packages = new Map<string, readonly string[]>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const { to, kind, isStatic } of importsOf(file)) {
    if (!isStatic) continue;
    if (kind === 'package') packages.set(to, [...chain, file]);
    if (kind === 'project') for (const [name, path] of loadedWith(`${to}.ts`, [...chain, file], seen)) packages.set(name, path);
  }
  return packages;
}
