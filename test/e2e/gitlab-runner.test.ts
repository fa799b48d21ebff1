import { readFile, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { waitFor } from '../../src/base/wait.js';
import { openEngine } from '../../src/docker/client.js';
import { runContainer } from '../../src/docker/containers.js';
import { program, tsmachine, type CliResult } from '../helpers/cli.js';
import { labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';

/** What the runner holds of a machine to run a job there. */
interface Credentials {
  readonly host: string;
  readonly certPath: string;
}

/**
 * The docker+machine executor of GitLab Runner: what it calls, what it reads of the answers, and what it looks at in the store on its own.
 * It lists the folders of `machines/`, believes in a machine whose `config.json` is there and whose `inspect` ends with 0, takes `config`
 * for a proof that the engine answers, and takes each answer from stdout without the blanks around it.
 */
class Runner {
  readonly #store: string;
  readonly #link: string;

  constructor(store: string, link: string) {
    this.#store = store;
    this.#link = link;
  }

  call(args: readonly string[], onStart?: (pid: number) => void): Promise<CliResult> {
    return tsmachine(['--bugsnag-api-token=no-report', ...args], { store: this.#store, link: this.#link, ...(onStart && { onStart }) });
  }

  create(name: string, options: readonly string[], onStart?: (pid: number) => void): Promise<CliResult> {
    return this.call(['create', '--driver', 'nspawn', ...options.map((option) => `--${option}`), name], onStart);
  }

  async list(): Promise<string[]> {
    const entries = await readdir(join(this.#store, 'machines'), { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  }

  async exists(name: string): Promise<boolean> {
    const there = await stat(join(this.#store, 'machines', name, 'config.json')).then(
      () => true,
      () => false,
    );
    return there && (await this.call(['inspect', name])).code === 0;
  }

  async canConnect(name: string): Promise<boolean> {
    return (await this.call(['config', name])).code === 0;
  }

  async get(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(args);
    const answer = stdout.trim();
    if (code !== 0 || answer === '') throw new Error(`${args.join(' ')} ended with ${code ?? 'a signal'}: ${stdout}${stderr}`);
    return answer;
  }

  async credentials(name: string): Promise<Credentials> {
    if (!(await this.canConnect(name))) throw new Error(`cannot connect to ${name}`);
    return { host: await this.get('url', name), certPath: await this.get('inspect', name, '-f', '{{.HostOptions.AuthOptions.StorePath}}') };
  }

  /** A failing `stop` is a warning in its log, a failing `rm` is tried again for ever. */
  async remove(name: string): Promise<{ stop: CliResult; rm: CliResult }> {
    const stop = await this.call(['stop', name]);
    return { stop, rm: await this.call(['rm', '-y', name]) };
  }
}

describe('GitLab Runner, for which tsmachine is docker-machine', () => {
  const names = ['runner-ab12cd-auto-1700000000-0a1b2c3d', 'runner-ab12cd-auto-1700000001-4e5f6a7b'] as const;
  const late = 'runner-ab12cd-auto-1700000002-8c9d0e1f';
  const options = ['engine-registry-mirror=http://192.0.2.1:5000', 'engine-opt=log-level=warn', 'nspawn-memory=1024'];
  let lab: Lab;
  let store: string;
  let runner: Runner;

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    const link = join(lab.dir, 'docker-machine');
    await symlink(program, link);
    runner = new Runner(store, link);
  });
  after(async () => {
    await tsmachine(['rm', '-f', ...names, late], { store });
    await lab.close();
  });

  it('finds the version in the words it knows', async () => {
    expect((await runner.call(['--version'])).stdout).to.match(/^docker-machine version \d+\.\d+\.\d+, build \S+\n$/);
  });

  it('makes two machines at once, which it sees from their first moment', async () => {
    const made = Promise.all(names.map((name) => runner.create(name, options)));
    await waitFor(async () => (await runner.list()).length === names.length || undefined, {
      timeout: 20_000,
      interval: 50,
      what: 'both machines to be in the list',
    });
    for (const { code, stdout, stderr } of await made) {
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(
        /^(Creating CA: .*\n)?(Creating client certificate: .*\n)?Running pre-create checks\.\.\.\n[^]*Docker is up and running!\nTo see how to connect .* run: docker-machine env runner-/,
      );
      expect(stderr).not.to.contain('\u001B');
    }
    expect(await runner.list()).to.deep.equal([...names]);
    expect(await Promise.all(names.map((name) => runner.exists(name)))).to.deep.equal([true, true]);
    expect(await runner.get('ls', '-q')).to.equal(names.join('\n'));
    expect(await Promise.all(names.map((name) => runner.get('status', name)))).to.deep.equal(['Running', 'Running']);
  });

  it('runs a job on each, with the address and the certificates it got', async () => {
    await Promise.all(
      names.map(async (name) => {
        const { host, certPath } = await runner.credentials(name);
        expect(host).to.equal(`tcp://${await runner.get('ip', name)}:2376`);
        const [ca, cert, key] = await Promise.all(['ca', 'cert', 'key'].map((file) => readFile(join(certPath, `${file}.pem`), 'utf8')));
        const engine = openEngine({ url: host, ca: ca ?? '', cert: cert ?? '', key: key ?? '', machine: name });
        try {
          await loadLabImage(engine);
          const job = await runContainer(engine, {
            image: labImage,
            cmd: ['sh', '-c', 'echo "job of $CI_RUNNER"'],
            env: [`CI_RUNNER=${name}`],
          });
          expect(job).to.deep.include({ exitCode: 0, stdout: `job of ${name}\n` });
          const { RegistryConfig } = await engine.request<{ RegistryConfig: { Mirrors: string[] } }>('GET', '/info');
          expect(RegistryConfig.Mirrors).to.deep.equal(['http://192.0.2.1:5000/']);
        } finally {
          engine.close();
        }
      }),
    );
  });

  it('provisions a machine again', async () => {
    expect(await runner.call(['provision', names[0]])).to.include({ code: 0 });
    expect(await runner.canConnect(names[0])).to.equal(true);
  });

  it('cannot connect to a machine that is off or gone, and is told why on stderr alone', async () => {
    expect(await runner.call(['stop', names[1]])).to.include({ code: 0 });
    const off = await runner.call(['config', names[1]]);
    expect(off).to.include({ code: 1, stdout: '' });
    expect(off.stderr).to.match(/Host is not running/);
    expect(await runner.call(['config', 'runner-gone'])).to.include({ code: 1, stdout: '' });
    expect(await runner.exists('runner-gone')).to.equal(false);
  });

  it('removes what a create left that was killed with the runner, whatever the stop before says', async () => {
    let pid = 0;
    const killed = runner.create(late, options, (started) => {
      pid = started;
    });
    await waitFor(async () => ((await runner.exists(late)) && /"IPAddress": "\d/.test(await runner.get('inspect', late))) || undefined, {
      timeout: 60_000,
      interval: 20,
      what: `${late} to have an address`,
    });
    process.kill(pid, 'SIGKILL');
    expect(await killed).to.include({ signal: 'SIGKILL' });
    expect(await runner.list()).to.include(late);
    expect((await runner.remove(late)).rm).to.include({ code: 0 });
    expect(await runner.list()).not.to.include(late);
  });

  it('removes a machine whose stop it has cut off, and one that is off already', async () => {
    let pid = 0;
    const stop = runner.call(['stop', names[0]], (started) => {
      pid = started;
    });
    await waitFor(async () => (await runner.get('status', names[0])) === 'Stopped' || undefined, {
      timeout: 60_000,
      interval: 20,
      what: 'the machine to go down',
    });
    process.kill(pid, 'SIGKILL');
    await stop;
    const [cut, off] = await Promise.all(names.map((name) => runner.remove(name)));
    expect(cut?.rm).to.include({ code: 0 });
    expect(off?.stop).to.include({ code: 1 });
    expect(off?.rm.stdout).to.match(/Successfully removed /);
    expect(await runner.list()).to.deep.equal([]);
  });
});
