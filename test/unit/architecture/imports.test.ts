import { expect } from 'chai';

import { breach, circleIn, sdkOwner, upwardPermissions } from './breaches.js';
import { foreign, lazy, mayImport, rooms, sdks } from './rules.js';
import { importsOf, roomOf, sourceFiles, textOf } from './sources.js';

const files = sourceFiles('src', 'drivers');
const broken = (file: string, text?: string) =>
  importsOf(file, text)
    .map(breach)
    .filter((sentence) => sentence !== undefined);

describe('architecture: who imports whom', function () {
  this.timeout(60_000); // the first of these parses every source

  it('finds the sources', () => {
    expect(files).to.include.members(['src/base/errors.ts', 'src/driver/contract.ts', 'src/index.ts']);
  });

  it('keeps the direction of the rooms and one importer per foreign library', () => {
    expect(files.flatMap((file) => broken(file))).to.deep.equal([]);
  });

  it('knows every room', () => {
    const found = new Set(files.map((file) => roomOf(file.replace(/\.ts$/, ''))).filter((room) => room.startsWith('src/')));
    expect([...found].sort()).to.deep.equal([...rooms].sort());
  });

  it('lets no room import one that does not stand below it', () => {
    expect(upwardPermissions(mayImport)).to.deep.equal([]);
  });

  it('has no circle of files, types included', () => {
    const imports = new Map(
      files.map((file) => [
        file.replace(/\.ts$/, ''),
        importsOf(file)
          .filter(({ kind }) => kind === 'project')
          .map(({ to }) => to),
      ]),
    );
    expect(circleIn(imports)?.join(' -> ')).to.equal(undefined);
  });

  it('keeps machines apart from swarms', () => {
    const outside = files
      .filter((file) => file.startsWith('src/machine/'))
      .flatMap((file) => importsOf(file))
      .filter(({ to }) => to.startsWith('src/swarm'));
    expect(outside).to.deep.equal([]);
  });

  it('imports no package that package.json does not declare as a dependency', () => {
    const declared = packageJson().dependencies;
    const used = new Set(
      files
        .flatMap((file) => importsOf(file))
        .filter(({ kind }) => kind === 'package')
        .map(({ to }) => to),
    );
    expect([...used].filter((name) => !(name in declared) && sdkOwner(name) === undefined)).to.deep.equal([]);
  });

  it('bundles the SDKs of clouds: they are development dependencies, and loaded by import() alone', () => {
    const imports = files.flatMap((file) => importsOf(file));
    const bundled = imports.filter(({ to }) => sdkOwner(to) !== undefined).map(({ to }) => to);
    expect(bundled).to.include('@aws-sdk/client-ec2');
    expect(bundled.filter((name) => !(name in packageJson().devDependencies))).to.deep.equal([]);
    expect(imports.filter(({ to, isStatic }) => isStatic && to in sdks).map(({ from }) => from)).to.deep.equal([]);
  });

  it('loads no heavy library with a command', () => {
    const entries = [
      'src/cli/main.ts',
      'src/machine/access/driver-registry.ts',
      ...files.filter((file) => file.startsWith('src/commands/') || /^drivers\/[^/]+\/index/.test(file)),
    ];
    const heavy = entries.flatMap((entry) =>
      [...loadedWith(entry)].filter(([name]) => lazy.includes(name)).map(([name, chain]) => [...chain, name].join(' > ')),
    );
    expect(heavy).to.deep.equal([]);
  });
});

describe('architecture: the rules themselves', () => {
  const cases: [why: string, file: string, text: string, rule: RegExp][] = [
    ['upward', 'src/store/store.ts', "import { create } from '../machine/create.js';", /src\/store may import src\/system, src\/base/],
    ['upward, type only', 'src/system/exec.ts', "import type { Store } from '../store/store.js';", /src\/system may import src\/base/],
    ['upward, dynamic', 'src/ssh/connect.ts', "const f = () => import('../machine/create.js');", /src\/ssh may import/],
    ['upward, re-export', 'src/certs/pem.ts', "export * from '../docker/client.js';", /src\/certs may import/],
    ['upward, import type in a type', 'src/store/paths.ts', "let x: import('../cli/output/table.js').Row;", /src\/store may import/],
    ['from a folder within a room', 'src/ssh/run/exec.ts', "import { x } from '../../machine/session.js';", /src\/ssh may import/],
    ['machine to swarm', 'src/machine/create.ts', "import { configureSwarm } from '../swarm/classic/start.js';", /src\/machine may import/],
    [
      'a part of a room where only another part is allowed',
      'src/swarm/rescue/backup.ts',
      "import { x } from '../../transfer/export.js';",
      /src\/swarm may import/,
    ],
    [
      'a command to what commands do not touch',
      'src/commands/ls.ts',
      "import { openStore } from '../store/store.js';",
      /src\/commands may import src\/cli, src\/doctor/,
    ],
    ['anything from the base', 'src/base/errors.ts', "import { run } from '../system/processes/exec.js';", /src\/base imports nothing/],
    ['driver to driver', 'drivers/none/driver.ts', "import x from '../generic/index.js';", /drivers\/none may import/],
    ['driver to store', 'drivers/none/driver.ts', "import x from '../../src/store/paths.js';", /drivers\/none may import/],
    [
      'driver to the registry',
      'drivers/none/driver.ts',
      "import x from '../../src/machine/access/driver-registry.js';",
      /drivers\/none may import/,
    ],
    [
      'a table, static',
      'src/machine/access/driver-registry.ts',
      "import x from '../../../drivers/none/index.js';",
      /a table loads its entries by import\(\)/,
    ],
    [
      'a table, another file of the driver',
      'src/machine/access/driver-registry.ts',
      "import('../../../drivers/none/driver.js');",
      /src\/machine may import/,
    ],
    ['an unknown room', 'src/telemetry/send.ts', "import x from '../machine/create.js';", /src\/telemetry is no room of the house yet/],
    ['ssh2', 'src/machine/shell.ts', "import { Client } from 'ssh2';", /only src\/ssh may/],
    ['ssh2, dynamic', 'src/machine/shell.ts', "await import('ssh2');", /only src\/ssh may/],
    ['oclif by a subpath', 'src/machine/list.ts', "import * as Flags from '@oclif/core/flags';", /only src\/cli and src\/commands may/],
    ['HTTP', 'drivers/none/driver.ts', "import { request } from 'node:https';", /only src\/docker and src\/system may/],
    ['an SDK', 'drivers/amazonec2/api.ts', "import { EC2Client } from '@aws-sdk/client-ec2';", /only drivers\/amazonec2\/sdk\.ts may/],
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

  it('refuse a permission that leads up, or to the same floor', () => {
    expect(upwardPermissions({ 'src/store': ['src/system', 'src/machine'], 'src/ssh': ['src/ssh/dial'] })).to.deep.equal([
      'src/store -> src/machine',
      'src/ssh -> src/ssh/dial',
    ]);
  });

  it('find a circle, also a long one, and not a mere diamond', () => {
    const diamond = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', []],
    ]);
    expect(circleIn(diamond)).to.equal(undefined);
    expect(circleIn(new Map([...diamond, ['d', ['c']]]))).to.deep.equal(['d', 'c', 'd']);
    expect(circleIn(new Map([...diamond, ['d', ['a']]]))).to.deep.equal(['a', 'b', 'd', 'a']);
  });

  it('allow what goes down, the base, the own room and the tables', () => {
    const allowed: [string, string][] = [
      ['src/commands/ls.ts', "import { table } from '../cli/output/table.js'; import { listMachines } from '../machine/list.js';"],
      [
        'src/machine/create.ts',
        "import { connect } from '../ssh/dial/connect.js'; import { run } from '../system/processes/exec.js'; import './choose/names.js';",
      ],
      [
        'src/ssh/dial/connect.ts',
        "import { TsmachineError } from '../../base/errors.js'; import type { Client } from 'ssh2'; import 'node:net';",
      ],
      ['src/swarm/rescue/backup.ts', "import { seal } from '../../transfer/archive/archive.js';"],
      ['src/machine/access/driver-registry.ts', "const load = () => import('../../../drivers/none/index.js');"],
      [
        'drivers/none/driver.ts',
        "import type { Driver } from '../../src/driver/contract.js'; import './config.js'; import '../../src/guest/seed.js';",
      ],
    ];
    expect(allowed.flatMap(([file, text]) => broken(file, text))).to.deep.equal([]);
  });

  it('are not fooled by comments and strings', () => {
    expect(
      broken('src/store/store.ts', "// import x from '../machine/create.js'\nconst text = `import('../machine/create.js')`;"),
    ).to.deep.equal([]);
  });

  it('name only packages that are dependencies', () => {
    const packages = Object.keys(foreign).filter((name) => !name.startsWith('node:'));
    expect(packages.filter((name) => !(name in packageJson().dependencies))).to.deep.equal([]);
  });
});

type Versions = Readonly<Record<string, string>>;

function packageJson(): { dependencies: Versions; devDependencies: Versions } {
  return JSON.parse(textOf('package.json')) as { dependencies: Versions; devDependencies: Versions };
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
