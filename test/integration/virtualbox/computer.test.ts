import { execFileSync, spawnSync } from 'node:child_process';

import { expect } from 'chai';

import { skip } from '../../helpers/skip.js';

const source = JSON.stringify(new URL('../../../drivers/virtualbox/computer.ts', import.meta.url).href);
const apart = ['-n', '-m', 'sh', '-c', 'mount -t sysfs none /sys && ip link add vboxnet0 type veth peer name peer0 && exec "$@"', 'sh'];

describe('virtualbox: this computer', () => {
  it('knows whether an interface has its address, also while its link is down', function () {
    if (spawnSync('unshare', [...apart, 'true']).status !== 0) skip(this, 'an interface of its own needs root, unshare, ip and veth');
    const script = `
      const { thisComputer } = await import(${source});
      const { execFileSync } = await import('node:child_process');
      const computer = thisComputer({ exec: () => { throw new Error('not expected'); } });
      const ip = (...words) => execFileSync('ip', words);
      const seen = [];
      const look = async () => { seen.push(await computer.hasAddress('vboxnet0', '192.168.56.1')); };
      ip('link', 'set', 'vboxnet0', 'up');
      await look();
      ip('addr', 'add', '192.168.56.12/24', 'dev', 'vboxnet0');
      await look();
      ip('addr', 'add', '192.168.56.1/24', 'dev', 'vboxnet0');
      await look();
      ip('addr', 'del', '192.168.56.1/24', 'dev', 'vboxnet0');
      await look();
      seen.push(await computer.hasAddress('vboxnet1', '192.168.56.1') ?? 'unknown');
      console.log(JSON.stringify(seen));`;
    const said = execFileSync('unshare', [...apart, process.execPath, '--import=tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).to.deep.equal([false, false, true, false, 'unknown']);
  });
});
