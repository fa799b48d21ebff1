import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { succeed, tsmachine } from '../../helpers/cli.js';
import { me, needSshd, workshop, type Workshop } from '../../helpers/sshd.js';

describe('tsmachine ssh', function () {
  this.timeout(30_000);
  let shop: Workshop;
  let store: string;
  let env: NodeJS.ProcessEnv;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    store = join(shop.folder, 'store');
    env = { HOME: shop.home };
    await writeFile(join(shop.home, '.ssh', 'config'), '');
    const key = await shop.key('key');
    const { port } = await shop.sshd({ authorized: [key] });
    await succeed(['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'm1'], { store, env });
    const file = join(store, 'machines', 'm1', 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8')) as { Driver: object };
    const Driver = { ...config.Driver, IPAddress: '127.0.0.1', SSHPort: port, SSHUser: me, SSHKeyPath: key };
    await writeFile(file, JSON.stringify({ ...config, DriverName: 'generic', Driver }));
  });
  after(() => shop.clean());

  const cases: [words: string[], code: number, stdout: string][] = [
    [['ssh', 'm1', 'exit 7'], 7, ''],
    [['ssh', 'm1', 'true'], 0, ''],
    [['--native-ssh', 'ssh', 'm1', 'exit 7'], 7, ''],
    [['ssh', 'm1', 'echo', '--help', '-D', '--json', '--', '-s'], 0, '--help -D --json -- -s\n'],
  ];
  for (const [words, code, stdout] of cases) {
    it(`${words.join(' ')}: ends with ${code}`, async () => {
      const result = await tsmachine(words, { store, env });
      expect(result, result.stderr).to.include({ code, stdout });
    });
  }
});
