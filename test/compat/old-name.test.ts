import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { standInEngine, type StandInEngine } from './engine.js';
import { openShop, type Shop } from './shop.js';

const folder = join(import.meta.dirname, '..', '..', 'src', 'commands');

/** Every command as it is typed: `ls`, `swarm up`. */
const commands = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1, -'.ts'.length))
  .map((path) => path.split(/[\\/]/).join(' '))
  .sort();
const firstWords = [...new Set(commands.map((command) => command.split(' ')[0]))];
const ownName = new RegExp(`(?<![\\w/.-])tsmachine (?=(${firstWords.join('|')})\\b|--|-\\w)`);

describe('compatibility: called as docker-machine, every text names docker-machine', () => {
  let shop: Shop;
  let engine: StandInEngine;
  let url: string;

  before(async () => {
    [shop, engine] = await Promise.all([openShop(), standInEngine('24.0.7')]);
    url = `tcp://127.0.0.1:${engine.port}`;
    await shop.run(['create', '-d', 'none', '--url', url, 'one', 'two']);
    await engine.serve(shop.store);
    await shop.run(['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'gone']);
  });
  after(() => Promise.all([shop.close(), engine.close()]));

  /** Runs a command line under the old name. @returns all it printed */
  async function printed(words: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
    const { stdout, stderr } = await shop.run(words, { ...options, program: 'docker-machine' });
    const text = stdout + stderr;
    expect(text).not.to.match(ownName);
    return text;
  }

  for (const command of commands) {
    const words = command.split(' ');
    it(`${command}: help and a usage error`, async () => {
      const usage = command === 'help' ? 'docker-machine [OPTIONS] COMMAND' : `docker-machine ${command}`;
      expect(await printed(['help', ...words])).to.contain(`Usage: ${usage}`);
      if (command === 'ssh' || command === 'help') return; // they parse no flags
      const wrong = await printed([...words, '--bogus']);
      expect(wrong).to.contain(`Usage: docker-machine ${command}`);
      expect(wrong).to.contain(`See 'docker-machine ${command} --help'.`);
    });
  }

  it('the global help, topics and unknown commands', async () => {
    expect(await printed([])).to.contain("Run 'docker-machine COMMAND --help'");
    expect(await printed(['swarm', '--help'])).to.contain('Usage: docker-machine swarm COMMAND');
    expect(await printed(['swarm'])).to.contain('docker-machine swarm init');
    expect(await printed(['swarm', 'innit'])).to.contain("'swarm innit' is not a docker-machine command");
    expect(await printed(['strat'])).to.contain("docker-machine: 'strat' is not a docker-machine command");
  });

  const hints: [words: readonly string[], names: RegExp][] = [
    [['rm', '-y', 'nope'], /docker-machine ls/],
    [['url', 'nope'], /Use "docker-machine ls" to list machines\. Use "docker-machine create" to add a new one\./],
    [['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'one'], /docker-machine /],
    [['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'three'], /run: docker-machine env three\n/],
    [['env'], /docker-machine /],
    [['env', 'one'], /# eval \$\(docker-machine env one\)/],
    [['env', 'gone'], /Error checking TLS connection/],
    [['use', 'one'], /docker-machine use needs a shell function/],
    [['active'], /No active host/],
    [['ssh', 'one'], /one/],
    [['start', 'one'], /one/],
    [['upgrade', 'one'], /one/],
    [['export', 'one'], /docker-machine export -o machines\.tsm one/],
    [['context', 'rm', 'one'], /one/],
    [['swarm', 'status'], /docker-machine swarm /],
    [['swarm', 'nodes', 'prod'], /prod/],
    [['swarm', 'up'], /docker-machine swarm up/],
    [['swarm', 'init', 'gone'], /gone/],
    [['swarm', 'join', 'one'], /swarm/],
    [['swarm', 'leave', 'one'], /one/],
    [['swarm', 'restore'], /docker-machine swarm restore FILE MACHINE/],
    [['swarm', 'recover'], /docker-machine swarm /],
  ];
  for (const [words, names] of hints) {
    it(`the answer to ${words.join(' ')}`, async () => {
      expect(await printed(words)).to.match(names);
    });
  }

  it('results: doctor and ls, as tables and as JSON', async () => {
    for (const words of [['doctor'], ['ls', '-t', '2']]) {
      expect(await printed(words)).to.contain('gone');
      expect(await printed([...words, '--json'])).to.contain('gone');
    }
  });

  it('an unknown shell', async () => {
    expect(await printed(['env', 'one'], { env: { SHELL: '' } })).to.contain('docker-machine env --shell bash');
  });

  it('completion scripts', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) expect(await printed(['completion', shell])).to.contain('docker-machine');
  });
});
