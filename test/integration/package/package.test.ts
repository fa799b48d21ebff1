import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { commitOf } from '../../../scripts/commit.mjs';
import { newProject, pack, root, run, typescript, type Pack } from './installed.js';
import { compile, programsOfLibraryPage, strict } from './programs.js';

/** What no program of docs/library.md needs. */
const consumer = `
import { TsmachineError, machineUrl, openSession, type CreateRequest } from 'tsmachine';
import { checkFields, conformanceRules, rules, type Driver, type DriverModule, type FlagSpec } from 'tsmachine/driver';

const session = openSession({ storePath: process.argv[2] ?? '' });
const code = await machineUrl(session, 'm1').catch((error: unknown) => (TsmachineError.is(error) ? error.code : 'other'));
console.log(code);

export const flag: FlagSpec = { name: 'x', usage: 'x', type: 'string' };
export type State = Awaited<ReturnType<Driver['look']>>['state'];
export const names = (module: DriverModule) => conformanceRules(module, { makeWorld: () => Promise.reject(new Error('none')) }).map(({ name }) => name);
checkFields({ Port: 22 }, { Port: rules.port });
export type Install = CreateRequest['install'];
`;

/** What oclif's documentation and completion tools do: read the manifest, and ask the help class. */
const oclifTool = `import { Config, loadHelpClass } from '@oclif/core';
const config = await Config.load(process.argv[2]);
const [plugin] = config.getPluginsList();
const flags = Object.keys(config.findCommand('ls').flags);
console.log(JSON.stringify({ fromManifest: plugin.hasManifest, ids: config.commandIDs, flags }));
const Help = await loadHelpClass(config);
await new Help(config).showHelp(['ls']);
`;

describe('the npm package', function () {
  this.timeout(120_000);
  let folder: string;
  let packed: Pack;
  let project: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsmachine-pack-'));
    packed = pack(folder);
    project = newProject(packed.tarball);
    console.log(
      `      ${packed.files.length} files,`,
      `${Math.round(packed.size / 1024)} KiB packed, ${Math.round(packed.unpackedSize / 1024)} KiB on disk`,
    );
  });

  after(() => {
    for (const path of [folder, project]) rmSync(path, { recursive: true, force: true });
  });

  it('holds the program, the library, its types, the templates and the licence', () => {
    expect(packed.files.map(({ path }) => path)).to.include.members([
      'LICENSE',
      'CHANGELOG.md',
      'README.md',
      'package.json',
      'oclif.manifest.json',
      'bin/run.js',
      'bin/load.js',
      'bin/package.json',
      'dist/cli.cjs',
      'dist/cli.cjs.cache',
      'dist/src/index.js',
      'dist/src/index.d.ts',
      'dist/src/driver/contract.d.ts',
      'dist/src/driver/index.js',
      'dist/src/driver/index.d.ts',
      'dist/drivers/none/driver.js',
      'templates/provision/detect.sh',
    ]);
  });

  it('holds no tests, sources, source maps or development tools', () => {
    const surplus = packed.files
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json|oclif\.manifest\.json|(bin|dist|templates|docs)\/.+)$/.test(path) ||
          /\.test\.|\.map$|(^|\/)tests?\/|(?<!\.d)\.ts$|dev\.js$/.test(path),
      );
    expect(surplus).to.deep.equal([]);
  });

  it('stays small', () => {
    const mostBytes: Readonly<Record<string, number>> = {
      'dist/drivers/amazonec2/sdk.js': 1_200_000,
      'dist/drivers/azure/sdk.js': 2_500_000,
      'dist/drivers/google/sdk.js': 1_600_000,
    };
    // With every driver the package must stay one install under 15 MB; these bounds show early when something large slips in.
    const sdks = packed.files.filter(({ path }) => path.endsWith('/sdk.js'));
    expect(sdks.map(({ path }) => path)).to.deep.equal(Object.keys(mostBytes));
    for (const { path, size } of sdks) expect(size, path).to.be.below(mostBytes[path] ?? 0);
    expect(packed.size).to.be.below(3.25 * 1024 * 1024);
    expect(packed.unpackedSize - sdks.reduce((sum, { size }) => sum + size, 0)).to.be.below(7.5 * 1024 * 1024);
  });

  it('runs as a program where it is installed', () => {
    const out = run(process.execPath, [join(project, 'node_modules', 'tsmachine', 'bin', 'run.js'), 'version'], project);
    expect(out).to.match(/^tsmachine version \d+\.\d+\.\d+, build ([0-9a-f]{7,}(-dirty)?|HEAD)\n$/);
    expect(/build HEAD/.test(out), 'no commit although there is one').to.equal(commitOf(root) === undefined);
  });

  it('is an oclif application to the tools of oclif', () => {
    writeFileSync(join(project, 'tool.js'), oclifTool);
    const out = run(process.execPath, ['tool.js', join(project, 'node_modules', 'tsmachine')], project);
    expect(out).to.match(
      /^{"fromManifest":true,"ids":\[.*"create",.*"version"\],"flags":\[.*"storage-path".*"quiet".*\]}\nUsage: tsmachine ls \[OPTIONS\]\n/,
    );
  });

  it('is a library in which every program of docs/library.md compiles', () => {
    const programs = programsOfLibraryPage();
    expect(programs.map(({ name }) => name)).to.include.members(['first.ts', 'machines.ts', 'swarm.ts']);
    const out = compile(project, programs);
    const first = run(process.execPath, [join(out, 'first.js'), join(project, 'store')], project, { HOME: project });
    expect(first).to.equal('m1 (none)\n');
    const drivers = run(process.execPath, [join(out, 'drivers.js')], project, { HOME: project });
    expect(drivers).to.match(/^none: .* \(cannot be started or stopped\)\n {2}url \(string\) /m);
  });

  it('is a library with types for drivers, and errors with codes', () => {
    const out = compile(project, [{ name: 'main.ts', text: consumer }]);
    expect(run(process.execPath, [join(out, 'main.js'), join(project, 'store')], project, { HOME: project })).to.equal(
      'MACHINE_NOT_FOUND\n',
    );
  });

  it('has no public module but the library, the types for drivers and package.json', () => {
    const deep = "import('tsmachine/dist/src/machine/create.js').then(() => console.log('open'), (error) => console.log(error.code))";
    expect(run(process.execPath, ['--input-type=module', '-e', deep], project)).to.equal('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  it('has types that catch mistakes', () => {
    writeFileSync(join(project, 'wrong.ts'), "import { openSession } from 'tsmachine';\nopenSession({ storePath: 1 });\n");
    expect(() => run(process.execPath, [typescript, ...strict, '--noEmit', 'wrong.ts'], project)).to.throw(/wrong\.ts\(2,\d+\): error/);
  });
});
