import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect } from 'chai';

import { composeScript } from '../../../src/ssh/run/root-script.js';
import { readTemplate } from '../../../src/system/package.js';
import { waitFor } from '../../../src/base/wait.js';
import { skip } from '../../helpers/skip.js';

type Language = 'perl' | 'python';
type Variables = Readonly<Record<string, string>>;

const token = 'a1b2';
/** Ports that nothing else on this computer is likely to have. */
const tcpPort = 21_377;
const udpPort = 21_946;

/** Runs a program of the check as a root shell of a host would, with one language alone. */
async function start(program: 'listen' | 'send', language: Language, variables: Variables) {
  const [probe, perl, python] = await Promise.all([
    readTemplate('swarm/probe.sh'),
    readTemplate(`swarm/${program}.pl`),
    readTemplate(`swarm/${program}.py`),
  ]);
  const hidden = language === 'perl' ? '' : 'perl() { return 127; }\n';
  const base = {
    CHECK_TOKEN: token,
    CHECK_SECONDS: '20',
    CHECK_SELF: '0',
    CHECK_FAMILIES: '4',
    CHECK_TCP: '',
    CHECK_UDP: '',
    CHECK_ESP: '',
    CHECK_TARGETS: '',
  };
  const shell = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const ended = once(shell, 'close');
  shell.stdin.end(composeScript(hidden + probe, { ...base, ...variables, PERL: perl, PYTHON: python }));
  const said = (prefix: string) =>
    waitFor(() => lines.find((line) => line.startsWith(prefix)), { timeout: 10_000, what: `${prefix} from ${program} in ${language}` });
  return { lines, ended, said, shell };
}

describe('the programs of the swarm check', function () {
  this.timeout(30_000);
  before(function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'raw sockets need root on Linux');
    for (const language of ['perl', 'python3']) {
      if (spawnSync(language, ['-e', '0']).error) skip(this, `there is no ${language} on this computer`);
    }
  });

  const pairs: [Language, Language][] = [
    ['perl', 'perl'],
    ['python', 'perl'],
    ['perl', 'python'],
    ['python', 'python'],
  ];
  for (const [sender, listener] of pairs) {
    for (const [family, address] of [
      ['4', '127.0.0.1'],
      ['6', '::1'],
    ] as const) {
      it(`understand each other over IPv${family}: ${sender} sends, ${listener} listens`, async () => {
        const taken = createServer().listen(udpPort, address);
        await once(taken, 'listening');
        const there = await start('listen', listener, {
          CHECK_FAMILIES: family,
          CHECK_TCP: `${tcpPort} ${udpPort}`,
          CHECK_UDP: `${udpPort}`,
          CHECK_ESP: '1',
        });
        const pid = Number((await there.said('ready|')).slice('ready|'.length));
        const here = await start('send', sender, {
          CHECK_TARGETS: `1 ${address} tcp/${tcpPort} tcp/${udpPort} tcp/${tcpPort + 1} udp/${udpPort}:128,1500,65600 udp/${udpPort + 1}:128 esp:128`,
        });
        await here.ended;
        process.kill(pid);
        await there.ended;
        taken.close();
        expect(there.lines.filter((line) => line !== 'alive').sort()).to.deep.equal(
          [
            `interpreter|${listener === 'perl' ? 'perl' : 'python3'}`,
            `port|tcp/${tcpPort}|bound`,
            `port|tcp/${udpPort}|taken`,
            `port|udp/${udpPort}|bound`,
            `ready|${pid}`,
            'seen|esp|0|128',
            `seen|udp/${udpPort + 1}|0|128`,
            `seen|udp/${udpPort}|0|128`,
            `seen|udp/${udpPort}|0|1500`,
          ].sort(),
        );
        expect(here.lines.filter((line) => !line.startsWith('interpreter|')).sort()).to.deep.equal(
          [
            `tcp|tcp/${tcpPort}|1|open`,
            `tcp|tcp/${udpPort}|1|open`,
            `tcp|tcp/${tcpPort + 1}|1|Connection refused`,
            `unsent|udp/${udpPort}|1|65600|Message too long`,
          ].sort(),
        );
      });
    }
  }

  for (const language of ['perl', 'python'] as const) {
    it(`hear nothing of another check: ${language}`, async () => {
      const there = await start('listen', language, { CHECK_UDP: `${udpPort}` });
      const pid = Number((await there.said('ready|')).slice('ready|'.length));
      await (
        await start('send', language, { CHECK_TOKEN: 'other', CHECK_TARGETS: `1 127.0.0.1 udp/${udpPort}:128` })
      ).ended;
      process.kill(pid);
      await there.ended;
      expect(there.lines.filter((line) => line.startsWith('seen'))).to.deep.equal([]);
    });

    it(`end when their time is over, or nobody reads any more: ${language}`, async () => {
      const timed = await start('listen', language, { CHECK_SECONDS: '1' });
      await timed.ended;
      expect(timed.lines.at(-1)).to.match(/^(ready\||alive)/);
      const left = await start('listen', language, {});
      const pid = Number((await left.said('ready|')).slice('ready|'.length));
      left.shell.stdout.destroy();
      await waitFor(() => (isAlive(pid) ? undefined : true), { timeout: 10_000, what: 'the listener to end' });
    });

    it(`are ended by stop.sh, which ends no other program: ${language}`, async () => {
      const there = await start('listen', language, {});
      const pid = (await there.said('ready|')).slice('ready|'.length);
      const stop = async (variables: Variables) => {
        const shell = spawn('sh', ['-s'], { stdio: ['pipe', 'inherit', 'inherit'] });
        shell.stdin.end(composeScript(await readTemplate('swarm/stop.sh'), variables));
        const [code] = (await once(shell, 'close')) as [number];
        return code;
      };
      expect(await stop({ CHECK_PID: pid, CHECK_TOKEN: 'other' })).to.equal(0);
      expect(isAlive(Number(pid))).to.equal(true);
      expect(await stop({ CHECK_PID: pid, CHECK_TOKEN: token })).to.equal(0);
      await there.ended;
      expect(await stop({ CHECK_PID: pid, CHECK_TOKEN: token })).to.equal(0);
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process
  }
}
