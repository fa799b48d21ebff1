import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { emptyStoreEnv, everyday, installedCopy, loadedFiles, medians, newFolder, root, runNode } from './program.js';

const program = join(root, 'bin', 'run.js');

describe('start-up', function () {
  this.timeout(60_000);
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    folder = newFolder();
    env = emptyStoreEnv(folder);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe('loads nothing but the command line', () => {
    for (const args of everyday) {
      it(`tsmachine ${args.join(' ')}`, () => {
        expect(loadedFiles([program, ...args], folder)).to.deep.equal(['bin/load.js', 'bin/run.js', 'dist/cli.cjs']);
      });
    }

    it('would be seen otherwise, however a module is loaded', () => {
      const script = "require('ssh2'); import('execa'); import('node-forge');";
      const loaded = loadedFiles(['-e', script], folder).join('\n');
      for (const name of ['ssh2', 'execa', 'node-forge']) expect(loaded).to.contain(`node_modules/${name}/`);
    });

    it('holds no heavy library in the bundle itself', () => {
      const bundled = new Set(
        [...readFileSync(join(root, 'dist', 'cli.cjs'), 'utf8').matchAll(/node_modules\/((?:@[\w-]+\/)?[\w.-]+)\//g)].map(
          (match) => match[1],
        ),
      );
      expect([...bundled]).to.include('@oclif/core');
      expect(
        [...bundled].filter((name) => /^(ssh2|execa|node-forge|tar-fs|typescript|@aws-sdk\/|@google-cloud\/|@azure\/)/.test(name ?? '')),
      ).to.deep.equal([]);
    });
  });

  it('takes at most three times what an empty Node takes', function () {
    this.retries(2);
    const lines = everyday.slice(0, 3);
    const [empty = Number.NaN, ...ours] = medians([['-e', '0'], ...lines.map((args) => [program, ...args])], 21, env);
    const table = lines.map(
      (args, i) => `${args.join(' ')} ${(ours[i] ?? Number.NaN).toFixed(0)} ms (${((ours[i] ?? Number.NaN) / empty).toFixed(2)}x)`,
    );
    console.log(`      node -e 0 ${empty.toFixed(0)} ms; ${table.join('; ')}`);
    expect(Math.max(...ours) / empty).to.be.at.most(3);
  });

  describe('the compiled code beside the bundle', () => {
    const version = /^tsmachine version \d+\.\d+\.\d+/;
    let copy: string;
    let cache: string;

    beforeEach(() => {
      copy = installedCopy(folder);
      cache = join(copy, 'dist', 'cli.cjs.cache');
    });

    function expectVersion(): void {
      const { status, stdout, stderr } = runNode([join(copy, 'bin', 'run.js'), 'version'], env);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout).to.match(version);
    }

    it('is accepted by the Node that built it', () => {
      const loader = JSON.stringify(join(copy, 'bin', 'load.js'));
      const compiled = "l.compile(require('fs').readFileSync(l.file + '.cache'))";
      const script = `const l = require(${loader}); process.exit(${compiled}.cachedDataRejected === false ? 0 : 1)`;
      expect(runNode(['-e', script], env).status).to.equal(0);
    });

    it('is not needed', () => {
      rmSync(cache);
      expectVersion();
    });
    it('may be torn', () => {
      truncateSync(cache, 1000);
      expectVersion();
    });
    it('may be empty', () => {
      truncateSync(cache, 0);
      expectVersion();
    });
    it('may be something else', () => {
      writeFileSync(cache, Buffer.alloc(200_000, 'x'));
      expectVersion();
    });

    it('may be of another bundle', () => {
      const bundle = join(copy, 'dist', 'cli.cjs');
      writeFileSync(bundle, `${readFileSync(bundle, 'utf8')}\nmodule.exports = { main() { console.log('tsmachine version 9.9.9'); } };\n`);
      expect(runNode([join(copy, 'bin', 'run.js'), 'version'], env).stdout).to.equal('tsmachine version 9.9.9\n');
    });

    it('may be refused by V8 with other settings', () => {
      const { status, stdout } = runNode(['--no-opt', '--stack-size=900', join(copy, 'bin', 'run.js'), 'version'], env);
      expect(status).to.equal(0);
      expect(stdout).to.match(version);
    });

    it('stands beside the list of commands, which is needed', () => {
      rmSync(join(copy, 'oclif.manifest.json'));
      const { status, stderr } = runNode([join(copy, 'bin', 'run.js'), 'version'], env);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^The installation of tsmachine is incomplete: oclif\.manifest\.json cannot be read\nReinstall tsmachine\n/);
    });

    it('is never written at run time', () => {
      const before = listing(copy);
      rmSync(cache);
      expectVersion();
      expect(listing(copy)).to.deep.equal(before.filter((name) => !name.endsWith('.cache')));
      expect(existsSync(join(folder, 'store')), 'the store').to.equal(false);
    });
  });

  for (const [what, closed] of [
    ['stdout', ['stdout']],
    ['stdout and stderr', ['stdout', 'stderr']],
  ] as const) {
    for (const args of [['--help'], ['ls'], ['nonsense']]) {
      it(`keeps quiet when the reader of ${what} has gone: ${args.join(' ')}`, async () => {
        const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
        let stderr = '';
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
        });
        for (const name of closed) child[name].destroy();
        const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
          child.once('exit', (...end) => {
            resolve(end);
          });
        });
        expect({ signal, failed: code !== 0 }).to.deep.equal({ signal: null, failed: args[0] === 'nonsense' });
        expect(stderr).to.not.match(/EPIPE|^\s+at /m);
      });
    }
  }
});

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}
