import { plain } from '../../../src/base/text.js';
import { expect } from 'chai';

import { parseFacts } from '../../../src/provision/look/detect-host.js';
import { upgradeEngine } from '../../../src/provision/upgrade.js';
import { failureOf } from '../../helpers/failure.js';
import { detection, hosts, type Condition, type SampleHost } from './hosts.js';
import { RecordingShell } from './recording-shell.js';
import { request } from './request.js';

async function upgrade(
  host: SampleHost,
  answer: string | { exitCode: number; stdout?: string } = '',
  condition: Condition = {},
  version?: string,
) {
  const names = ['apt', 'dnf', 'zypper', 'pacman', 'apk'];
  const shell = new RecordingShell(Object.fromEntries(names.map((name) => [`provision/upgrade-${name}.sh`, [answer]])));
  const { io, said } = request();
  const facts = parseFacts(detection(host, { engine: '27.5.1', ...condition }));
  const result = await upgradeEngine(shell, facts, { machine: 'm1', io, ...(version === undefined ? {} : { version }) });
  return { shell, said, result };
}

describe('upgrading an engine', () => {
  for (const [host, script] of [
    ['debian12', 'apt'],
    ['mint', 'apt'],
    ['rocky', 'dnf'],
    ['amazon2023', 'dnf'],
    ['leap', 'zypper'],
    ['arch', 'pacman'],
    ['alpine', 'apk'],
  ] as const) {
    it(`goes by ${script} on ${host}`, async () => {
      const { shell } = await upgrade(hosts[host]);
      expect(shell.templates).to.deep.equal([`upgrade-${script}.sh`]);
    });
  }

  it('announces running containers before anything is done, and tells what changed', async () => {
    const { said, result } = await upgrade(hosts.debian12, 'changed|docker.io 20.10.24 -> 26.1.5\nrestart|needed\n', { containers: 2 });
    expect(said.slice(0, 2).map(({ kind, text }) => `${kind} ${text}`)).to.deep.equal([
      'info Upgrading docker...',
      'warn The engine restarts if it is upgraded, which stops 2 running containers; those with a restart policy start again by themselves',
    ]);
    expect(result).to.deep.equal({ changed: ['docker.io 20.10.24 -> 26.1.5'], restart: true });
  });

  it('asks for the version that is wanted', async () => {
    const { shell } = await upgrade(hosts.ubuntu2404, '', {}, 'v28.5');
    expect(shell.variables('upgrade-apt.sh')).to.include({ VERSION: '28.5', OPTIONAL: 'docker-cli' });
    expect((await failureOf(upgrade(hosts.ubuntu2404, '', {}, 'x; reboot'))).code).to.equal('FLAG_INVALID');
  });

  it('says what to do where the engine comes with the system', async () => {
    const told = async (host: SampleHost) => {
      const { code, hint } = await failureOf(upgrade(host));
      return `${code} ${plain(hint ?? '')}`;
    };
    expect(await told(hosts.flatcar)).to.equal(
      'ENGINE_INSTALL On the host (tsmachine ssh m1): sudo update_engine_client -update && sudo systemctl reboot',
    );
    expect(await told(hosts.fedoraCoreos)).to.equal(
      'ENGINE_INSTALL On the host (tsmachine ssh m1): sudo rpm-ostree upgrade && sudo systemctl reboot',
    );
    expect(await told(hosts.boot2docker)).to.contain('newer image');
    expect(await told(hosts.gentoo)).to.match(/^OS_UNKNOWN /);
  });

  it('refuses a host without an engine, a version that is not there, and an engine no package brought', async () => {
    const { code } = await failureOf(
      upgradeEngine(new RecordingShell({}), parseFacts(detection(hosts.debian12)), { machine: 'm1', io: request().io }),
    );
    expect(code).to.equal('ENGINE_MISSING');
    const none = await failureOf(upgrade(hosts.debian12, { exitCode: 21, stdout: 'available|docker.io 26.1.5\n' }, {}, '99'));
    expect([none.code, none.message, none.hint]).to.deep.equal([
      'ENGINE_INSTALL',
      'No engine of version 99 can be installed on m1',
      'Available versions:\n  docker.io 26.1.5',
    ]);
    expect((await failureOf(upgrade(hosts.debian12, { exitCode: 24 }))).message).to.match(
      /^The engine of m1 was not installed from a package/,
    );
    expect((await failureOf(upgrade(hosts.debian12, { exitCode: 22, stdout: 'E: boom\n' }))).message).to.equal(
      'Upgrading Docker on m1 failed:\nE: boom',
    );
  });
});
