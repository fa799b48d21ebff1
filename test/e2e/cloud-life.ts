import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { expect } from 'chai';
import type { Context } from 'mocha';

import { runContainer } from '../../src/docker/containers.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import type { Backing } from '../stand-ins/backing/backing.js';

/** What a stand-in of any cloud is asked here. */
interface Cloud {
  reset(options: { readonly backed: true }): Promise<void>;
  env(dir: string): Record<string, string>;
  inventory(): Promise<readonly string[]>;
  violations(): Promise<readonly unknown[]>;
}

interface PlayedCloud<C extends Cloud> {
  readonly driver: string;
  /** The login of its machines. */
  readonly user: string;
  readonly open: (context: Context) => Promise<C>;
  readonly back: (cloud: C, lab: Lab) => Backing;
  /** Whether a machine has the address of before when it is started again. */
  readonly keepsAddress: boolean;
  /** The user data as the cloud got it, where programs on the machine can read it. */
  readonly userData: (cloud: C) => Promise<readonly string[]>;
  /** What is to be seen in the cloud while both machines are stopped. */
  readonly whileStopped?: (cloud: C) => Promise<void>;
}

/** User data as text, packed or not. */
export function readable(bytes: Buffer): string {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** The whole life of two machines of a cloud whose instances are played by hosts that real cloud-init boots. */
export function describeLife<C extends Cloud>(played: PlayedCloud<C>): void {
  const { driver, user, keepsAddress } = played;

  describe(`${driver}, its machines played by hosts that real cloud-init boots`, () => {
    let cloud: C;
    let lab: Lab;
    let backed: Backing;
    let store: string;
    let env: Record<string, string>;
    const run = (...args: string[]) => succeed(args, { store, env });

    before(async function () {
      cloud = await played.open(this);
      await cloud.reset({ backed: true });
      lab = await openLab();
      backed = played.back(cloud, lab);
      store = await lab.store('store');
      env = cloud.env(lab.dir);
    });

    after(async () => {
      await tsmachine(['rm', '-f', 'm1', 'w1'], { store, env });
      await backed.close();
      await lab.close();
    });

    it('go from nothing through a swarm and a stop to nothing', async () => {
      await run('create', '-d', driver, `--${driver}-allowed-cidr`, '10.0.0.0/8', 'm1', 'w1');
      const { stdout } = await run('ls', '-f', '{{.Name}} {{.State}} {{.URL}} {{.DockerVersion}} {{.Error}}');
      const [m1, w1] = stdout.trim().split('\n');
      expect(m1).to.match(/^m1 Running tcp:\/\/10\.[\d.]+:2376 v\d/);
      expect(w1).to.match(/^w1 Running tcp:\/\/10\.[\d.]+:2376 v\d/);
      expect((await run('ssh', 'm1', 'hostname; id -un')).stdout).to.equal(`m1\n${user}\n`);
      await expectAnotherHostKey();

      expect((await run('env', 'm1')).stdout).to.include('export DOCKER_TLS_VERIFY="1"');
      await runsContainer();

      await run('swarm', 'init', 'm1');
      await run('swarm', 'join', 'w1');
      expect((await run('swarm', 'nodes')).stdout)
        .to.match(/m1.*Ready/i)
        .and.to.match(/w1.*Ready/i);

      const before = await addresses();
      // where addresses change, a swarm that is stopped whole takes minutes to find itself again
      for (const together of keepsAddress ? [['m1', 'w1']] : [['w1'], ['m1']]) {
        await run('stop', ...together);
        for (const name of together) expect((await run('status', name)).stdout).to.equal('Stopped\n');
        await played.whileStopped?.(cloud);
        await run('start', ...together);
      }
      const after = await addresses();
      if (keepsAddress) expect(after).to.deep.equal(before);
      else expect(after[0], 'the address of m1').not.to.equal(before[0]);
      await run('regenerate-certs', '-f', 'm1', 'w1');
      await runsContainer();

      await run('rm', '-y', 'm1', 'w1');
      expect(await cloud.inventory()).to.deep.equal([]);
      expect(await cloud.violations()).to.deep.equal([]);
    });

    /** Programs on the machine can read the key that came with the user data. */
    async function expectAnotherHostKey(): Promise<void> {
      const { stdout } = await run('ssh', 'm1', 'cat /etc/ssh/ssh_host_ed25519_key.pub');
      const [, key = ''] = stdout.split(' ');
      expect(await readFile(join(store, 'machines', 'm1', 'known_hosts'), 'utf8')).to.include(key);
      const sent = (await played.userData(cloud)).join('\n');
      expect(sent).to.include('ed25519_private').and.not.to.include(key);
    }

    async function addresses(): Promise<string[]> {
      return (await run('ip', 'm1', 'w1')).stdout.trim().split('\n');
    }

    async function runsContainer(): Promise<void> {
      const engine = await engineOf(store, 'm1', (await run('url', 'm1')).stdout.trim());
      await loadLabImage(engine);
      expect(await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] })).to.include({ exitCode: 0, stdout: 'hello\n' });
      engine.close();
    }
  });
}
