import { setMaxListeners } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { onEach } from '../../src/machine/choose/each.js';
import { newHostConfig } from '../../src/store/config/schema.js';
import { openStore } from '../../src/store/store.js';
import { freePort } from '../helpers/sshd.js';
import { newEd25519 } from '../../src/system/ed25519.js';
import { scratch } from '../helpers/scratch.js';
import { makeMachine, person } from '../integration/transfer/two-homes.js';
import { startHostileHost, waysOfHosts } from '../stand-ins/hostile-host/host.js';
import { chosenOf, execute, objectionsTo, type Outcome } from './run.js';

/** Command lines that need the host of h1; KEY, PORT and FILE are put in. */
const commands: readonly string[] = [
  'create -d generic --generic-ip-address 127.0.0.1 --generic-ssh-port PORT --generic-ssh-key KEY h2',
  'create -d generic --generic-ip-address 127.0.0.1 --generic-ssh-port PORT --generic-ssh-key KEY --engine-install script h2',
  'provision h1',
  'regenerate-certs -f h1',
  'upgrade h1',
  'doctor h1',
  'doctor --json h1',
  'adopt -d generic --generic-ip-address 127.0.0.1 --generic-ssh-port PORT --generic-ssh-key KEY h2',
  'swarm check h1',
  'swarm init h1',
  'scp h1:/etc/hosts FILE',
  'scp KEY h1:/tmp/',
  'scp -r h1:/etc FILE',
];

describe('a hostile host', function () {
  this.timeout(30 * 60_000);
  let home: string;

  before(async () => {
    setMaxListeners(0, process);
    const ann = await person();
    home = ann.home;
    await makeMachine(ann, 'm1', 'tcp://127.0.0.1:1'); // for the certificates
    await writeFile(join(home, 'key'), newEd25519('ann').private, { mode: 0o600 });
  });

  async function run(line: string, way: string): Promise<Outcome> {
    const host = await startHostileHost(way);
    const own = scratch();
    const root = join(own, '.docker', 'machine');
    try {
      await cp(home, own, { recursive: true });
      const store = openStore(root);
      const driver = {
        IPAddress: '127.0.0.1',
        MachineName: 'h1',
        SSHUser: 'root',
        SSHPort: host.port,
        SSHKeyPath: join(own, 'key'),
        StorePath: root,
        EnginePort: await freePort(),
      };
      await cp(join(root, 'machines', 'm1'), join(root, 'machines', 'h1'), { recursive: true });
      await store.remove('m1');
      await store.save({
        name: 'h1',
        config: newHostConfig({ name: 'h1', root, driverName: 'generic', driver, engine: {}, serverCertSans: [] }),
      });
      const words = line
        .split(' ')
        .map((word) => word.replace('PORT', String(host.port)).replace('KEY', join(own, 'key')).replace('FILE', join(own, 'got')));
      return await execute(words, { HOME: own, MACHINE_STORAGE_PATH: root });
    } finally {
      host.close();
    }
  }

  const pairs = Object.keys(waysOfHosts).flatMap((way) => commands.map((line) => ({ line, way })));
  const { chosen, title } = chosenOf(pairs, 30);

  it(`is found out by every command, in time (${title})`, async () => {
    const runs = new Map(chosen.map((pair) => [`${pair.line}, host ${pair.way}`, pair]));
    const outcomes = await onEach([...runs.keys()], 12, async (name) => {
      const pair = runs.get(name);
      if (!pair) throw new Error(name);
      const outcome = await run(pair.line, pair.way);
      return [
        ...objectionsTo(pair.line.split(' '), outcome),
        ...(outcome.code === 0 ? [`ended with 0: ${(outcome.stdout + outcome.stderr).slice(0, 300)}`] : []),
      ];
    });
    const wrong = outcomes.flatMap((outcome) =>
      'error' in outcome ? [`${outcome.name}: ${String(outcome.error)}`] : outcome.value.map((what) => `${outcome.name}: ${what}`),
    );
    expect(wrong.sort().join('\n')).to.equal('');
  });
});
