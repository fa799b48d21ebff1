import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';
import ts from 'typescript';

import { runDriverConformance, type Driver, type DriverModule } from '../../../src/driver/index.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { scratch } from '../../helpers/scratch.js';
import { Nimbus, type Api } from '../../stand-ins/nimbus.js';
import { root, textOf } from '../architecture/sources.js';

interface Example {
  readonly default: DriverModule;
  readonly nimbusOver: (api: Api) => Driver;
}

const [, example = ''] = /^```ts\n(\/\/ nimbus\.ts\n.*?)^```$/ms.exec(textOf('docs/writing-a-driver.md')) ?? [];
const entry = join(root, 'src', 'driver', 'index.ts');

/** What tsc says of programs in a project like this one, in which `tsmachine/driver` is what the package exports. */
function compile(programs: readonly string[]): string[][] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: unknown };
  const { options: usual } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const options: ts.CompilerOptions = { ...usual, noEmit: true, paths: { 'tsmachine/driver': [entry] } };
  const files = new Map(programs.map((text, i) => [join(root, `nimbus-${i}.ts`), text]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    getSourceFile(name, target) {
      const text = files.get(name);
      return text === undefined ? disk.getSourceFile(name, target) : ts.createSourceFile(name, text, target);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map((name) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(name))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

/** The example as a module of this process. */
async function load(text: string): Promise<Example> {
  const file = join(scratch(), 'nimbus.mts');
  writeFileSync(file, text.replaceAll("'tsmachine/driver'", JSON.stringify(pathToFileURL(entry).href)));
  return (await import(pathToFileURL(file).href)) as Example;
}

const { default: module, nimbusOver } = await load(example);

describe('the example of docs/writing-a-driver.md', () => {
  it('has less than 100 lines of at most 140 columns', () => {
    const lines = example.trimEnd().split('\n');
    expect(lines.length).to.be.within(50, 99);
    expect(lines.filter((line) => line.length > 140)).to.deep.equal([]);
  });

  it('compiles against what the package exports', function () {
    this.timeout(120_000);
    const [found, foundInOldOne] = compile([example, example.replace('contract: 2', 'contract: 1')]);
    expect(found).to.deep.equal([]);
    expect(foundInOldOne?.join('\n')).to.contain("Type '1' is not assignable to type '2'");
  });

  it('makes a server, looks at it and removes it', async () => {
    const nimbus = new Nimbus();
    const driver = nimbusOver(nimbus.api);
    const dir = scratch();
    const input = { machineName: 'm1', storePath: dir, machineDir: dir, flags: { 'nimbus-memory': 8 } };
    const machine = new MemoryMachine(await driver.parse(input));
    const ctx = machine.context({ machineName: 'm1', machineDir: dir, cacheDir: dir });
    expect(await driver.look(machine.data, ctx)).to.deep.equal({ state: 'None', addresses: [] });
    await driver.create(machine.data, ctx);
    const [server] = [...nimbus.servers.values()];
    expect(server).to.deep.include({ name: 'm1', memory: 8, labels: { by: 'tsmachine', ...machine.owner } });
    const look = await driver.look(machine.data, ctx);
    expect(look).to.deep.include({ state: 'Running', dockerUrl: 'tcp://192.0.2.1:2376' });
    expect(look.ssh).to.deep.include({ host: '192.0.2.1', keyPath: (await ctx.identity()).loginKeyPath });
    expect(await driver.remove(machine.data, ctx)).to.deep.equal({ left: [] });
    expect([nimbus.servers.size, machine.entries]).to.deep.equal([0, []]);
    expect((await driver.look(machine.data, ctx)).why?.code).to.equal('gone');
  });
});

const keys = { loginPublic: 'ssh-ed25519 AAAA', hostKey: { private: 'private', public: 'ssh-ed25519 AAAA' } };

runDriverConformance(module, {
  makeWorld(around) {
    const nimbus = new Nimbus();
    nimbus.around = around;
    return {
      dir: scratch(),
      files: computerFiles,
      flags: {},
      secrets: { 'nimbus-token': 'correct-horse' },
      parts: ({ machineDir }) => ({
        identity: () => Promise.resolve({ ...keys, loginKeyPath: join(machineDir, 'id_ed25519') }),
        bootData: () => Promise.resolve({ bytes: Buffer.from('#cloud-config\n'), encoding: 'plain' }),
      }),
      open: () => nimbusOver(nimbus.api),
      inventory: () => [...nimbus.servers.keys()],
      machines: () => nimbus.servers.size,
    };
  },
});
