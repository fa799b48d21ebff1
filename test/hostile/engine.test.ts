import { setMaxListeners } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { ensureAuthority } from '../../src/certs/authority.js';
import { issueServerCertificate } from '../../src/certs/server.js';
import { silentIo } from '../../src/base/io.js';
import { openStore } from '../../src/store/store.js';
import { onEach } from '../../src/machine/choose/each.js';
import { scratch } from '../helpers/scratch.js';
import { makeMachine, person } from '../integration/transfer/two-homes.js';
import { startHostileEngine, waysOfConnection, type Certificates, type Misbehaviour } from '../stand-ins/hostile-engine/engine.js';
import { waysOfHttp, waysOfSwarms, waysOfVersion } from '../stand-ins/hostile-engine/ways.js';
import { commands, type Command } from './commands.js';
import { chosenOf, execute, objectionsTo, type Outcome } from './run.js';

/** Replaced in each store by the address of its engine. */
const nowhere = 'tcp://127.0.0.1:65432';

interface Run {
  readonly misbehaviour: Misbehaviour | undefined;
  readonly command: Command;
}

describe('a hostile engine', function () {
  this.timeout(30 * 60_000);
  let home: string;
  let certificates: Certificates;

  before(async () => {
    setMaxListeners(0, process);
    const ann = await person();
    home = ann.home;
    await makeMachine(ann, 'm1', nowhere);
    await makeMachine(ann, 'm2', nowhere);
    const stranger = await person();
    await ensureAuthority(stranger.session.store.paths, { io: silentIo, user: 'eve' });
    const issue = async ({ caFile, caKeyFile }: { caFile: string; caKeyFile: string }, names: string[], now = new Date()) => ({
      ...(await issueServerCertificate({ caFile, caKeyFile, organization: 'ann.m1', names, now })),
      ca: await readFile(caFile),
    });
    const files = ({ session: { store } }: typeof ann) => ({ caFile: store.paths.ca, caKeyFile: store.paths.caKey });
    const names = ['127.0.0.1'];
    certificates = {
      good: await issue(files(ann), names),
      foreign: await issue(files(stranger), names),
      expired: await issue(files(ann), names, new Date(Date.now() - 900 * 86_400_000)),
    };
  });

  async function run({ misbehaviour, command }: Run): Promise<Outcome> {
    const engine = await startHostileEngine(certificates, command.fresh !== true, misbehaviour);
    const own = scratch();
    const store = join(own, '.docker', 'machine');
    try {
      await cp(home, own, { recursive: true });
      for (const name of ['m1', 'm2']) {
        const file = join(store, 'machines', name, 'config.json');
        await writeFile(file, (await readFile(file, 'utf8')).replaceAll(nowhere, `tcp://127.0.0.1:${engine.port}`));
      }
      if (command.fresh !== true)
        await openStore(store).swarms.save({ version: 1, name: 's', cluster: 'c1', members: { m1: { role: 'manager', node: 'n1' } } });
      return await execute(command.words, { HOME: own, MACHINE_STORAGE_PATH: store });
    } finally {
      engine.close();
    }
  }

  it('that is polite lets the commands that ask succeed', async () => {
    for (const command of commands.filter(({ asks }) => asks)) {
      const { code, stdout, stderr } = await run({ misbehaviour: undefined, command });
      expect(code, `${command.words.join(' ')}: ${stdout}${stderr}`).to.equal(0);
    }
  });

  const ways: readonly Misbehaviour[] = [
    ...[...waysOfConnection, ...Object.keys(waysOfVersion)].map((way) => ({ way, late: false })),
    ...Object.keys(waysOfHttp).flatMap((way) => [false, true].map((late) => ({ way, late }))),
  ];
  const pairs = ways.flatMap((misbehaviour) => commands.map((command) => ({ misbehaviour, command })));
  const { chosen, title } = chosenOf(pairs, 100);

  it(`is found out by every command, in time (${ways.length} ways, ${commands.length} commands: ${title})`, async () => {
    const runs = new Map(chosen.map((pair) => [titleOf(pair), pair]));
    const outcomes = await onEach([...runs.keys()], 24, async (name) => {
      const pair = runs.get(name);
      if (!pair) throw new Error(name);
      return wrongWith(pair, await run(pair));
    });
    const wrong = outcomes.flatMap((outcome) =>
      'error' in outcome ? [`${outcome.name}: ${String(outcome.error)}`] : outcome.value.map((what) => `${outcome.name}: ${what}`),
    );
    expect(wrong.sort().join('\n')).to.equal('');
  });
});

function titleOf({ misbehaviour, command }: Run): string {
  return `${command.words.join(' ')}, engine ${misbehaviour?.late === true ? 'later ' : ''}${misbehaviour?.way ?? ''}`;
}

function wrongWith({ misbehaviour, command }: Run, outcome: Outcome): string[] {
  const met = misbehaviour !== undefined && !misbehaviour.late && !waysOfSwarms.includes(misbehaviour.way);
  const asked = command.pings !== true || misbehaviour === undefined || !(misbehaviour.way in waysOfVersion);
  const text = outcome.stdout + outcome.stderr;
  const believed = outcome.code === 0 && command.reports !== true && asked && (met || command.early !== true);
  // with some ways `/version` is right after all, which is all that ls asks for
  const hidden = command.words[0] === 'ls' && met && !/Unable|Unknown|Timeout|v28\.5\.2|v99\.0|v1\.9\.1/.test(outcome.stdout);
  return [
    ...objectionsTo(command.words, outcome),
    ...(believed ? [`ended with 0: ${text.slice(0, 300)}`] : []),
    ...(hidden ? [`hides it: ${outcome.stdout}`] : []),
  ];
}
