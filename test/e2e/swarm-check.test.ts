import { expect } from 'chai';

import type { SwarmCheck } from '../../src/swarm/check/check.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';

const names = ['sc1', 'sc2', 'sc3'];

/** Says that it is ready once it listens. */
const stranger =
  '@kept = IO::Socket::INET->new(Listen => 1, LocalPort => 7946, ReuseAddr => 1) or die; system "systemd-notify --ready"; sleep 600';

describe('swarm check, on real hosts', function () {
  this.timeout(300_000);
  let lab: Lab;
  let store: string;

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'nspawn machines need root on Linux');
    lab = await openLab();
    store = await lab.store('store');
    await succeed(['create', '-d', 'nspawn', ...names], { store });
  });
  after(async () => {
    await tsmachine(['rm', '-f', '-y', ...names], { store });
    await lab.close();
  });

  const on = async (name: string, command: string) => (await succeed(['ssh', name, command], { store })).stdout.trim();
  const check = async (...words: string[]) => {
    const { code, stdout, stderr, seconds } = await tsmachine(['swarm', 'check', '--json', ...words], { store });
    expect(seconds, 'seconds').to.be.below(15);
    expect(stdout, stderr).to.match(/^\{/);
    const { pairs, findings } = JSON.parse(stdout) as SwarmCheck;
    const red = pairs.filter(({ outcome }) => outcome !== 'open').map((pair) => `${pair.from}>${pair.to} ${pair.check} ${pair.outcome}`);
    return { code, red, pairs, faults: findings.filter(({ level }) => level === 'fault') };
  };
  /** With a rule of iptables in sc2, what is red. */
  const blocked = async (rule: string, work: () => Promise<void>) => {
    await on('sc2', `iptables -I ${rule}`);
    try {
      await work();
    } finally {
      await on('sc2', `iptables -D ${rule}`);
    }
  };
  const expectGreen = async (...words: string[]) => {
    const { code, red, faults } = await check(...words);
    expect(red).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
    expect(code).to.equal(0);
  };

  async function namesPort(rule: string, probe: string): Promise<void> {
    const [protocol = '', port = ''] = probe.split('/');
    await blocked(`INPUT -p ${protocol} --dport ${port} ${rule}`, async () => {
      const { code, red, faults } = await check();
      expect(red.filter((line) => !line.endsWith(' mtu unknown'))).to.deep.equal(
        ['sc1', 'sc3'].map((from) => `${from}>sc2 ${probe} blocked`),
      );
      expect(faults).to.have.length(1);
      expect(faults[0]).to.include({
        check: probe,
        machine: 'sc2',
        fix: `tsmachine ssh sc2 'sudo iptables -I INPUT -p ${protocol} --dport ${port} -j ACCEPT' (and make the rule permanent)`,
      });
      expect(code).to.equal(1);
    });
  }

  describe('before there is a swarm', () => {
    it('finds nothing in the way, and leaves nothing behind', async () => {
      await expectGreen('--esp');
      const { stdout } = await succeed(['swarm', 'check', ...names], { store });
      expect(stdout.split('\n').slice(0, 4)).to.deep.equal([
        'FROM\\TO  1   2   3',
        '1 sc1    -   ok  ok',
        '2 sc2    ok  -   ok',
        '3 sc3    ok  ok  -',
      ]);
      for (const name of names)
        expect(await on(name, 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep CHECK_TOKEN || true')).to.equal('');
    });

    for (const probe of ['udp/7946', 'udp/4789', 'tcp/7946', 'tcp/2377']) {
      it(`names the machine and the port when ${probe} is dropped`, () => namesPort('-j DROP', probe));
    }
    it('names a port that is rejected', () => namesPort('-j REJECT', 'tcp/2377'));

    it('asks the port of the data path that was chosen', async () => {
      await blocked('INPUT -p udp --dport 4790 -j DROP', async () => {
        await expectGreen();
        expect((await check('--data-path-port', '4790')).faults.map(({ check: code }) => code)).to.deep.equal(['udp/4790']);
      });
    });

    it('names what is blocked on its way out, and ESP', async () => {
      await blocked('OUTPUT -p udp --dport 7946 -j DROP', async () => {
        const {
          red,
          faults: [fault],
        } = await check();
        expect(red).to.deep.equal(['sc2>sc1 udp/7946 blocked', 'sc2>sc3 udp/7946 blocked']);
        expect(fault?.fix).to.contain("tsmachine ssh sc2 'sudo iptables -I OUTPUT -p udp --dport 7946 -j ACCEPT'");
      });
      await blocked('INPUT -p esp -j DROP', async () => {
        await expectGreen();
        expect((await check('--esp')).red).to.deep.equal(['sc1>sc2 esp blocked', 'sc3>sc2 esp blocked']);
      });
    });

    it('finds a device that large packets do not pass, and the size that does', async () => {
      const device = await on('sc3', 'ip -o -4 route show default | sed "s/.* dev //; s/ .*//"');
      await on('sc3', `ip link set dev ${device} mtu 1400`);
      try {
        const { code, red, faults } = await check();
        expect(red).to.deep.equal(['sc1>sc3', 'sc2>sc3', 'sc3>sc1', 'sc3>sc2'].map((pair) => `${pair} mtu blocked`));
        expect(faults).to.have.length(1);
        expect(faults[0]).to.include({ check: 'mtu', machine: 'sc3' });
        expect(faults[0]?.message).to.match(/has MTU 1400: packets of more than 1400 bytes do not get through between it and sc1 and sc2/);
        expect(code).to.equal(1);
        await expectGreen('--mtu', '1400');
      } finally {
        await on('sc3', `ip link set dev ${device} mtu 1500`);
      }
    });

    it('finds machine ids that are the same, live-restore, and a port that a stranger has taken', async () => {
      const id = await on('sc3', 'cat /etc/machine-id');
      await on('sc3', `echo ${await on('sc2', 'cat /etc/machine-id')} > /etc/machine-id`);
      await on('sc1', 'cp /etc/docker/daemon.json /root/daemon.json');
      await on('sc1', `sed -i 's/^{/{"live-restore": true,/' /etc/docker/daemon.json; systemctl reload docker`);
      await on('sc2', `systemd-run --unit=stranger -p Type=notify -p NotifyAccess=all perl -MIO::Socket::INET -e '${stranger}'`);
      try {
        const { code, red, faults } = await check();
        expect(red).to.deep.equal([]);
        expect(faults.map(({ check: what, machine = '-' }) => `${what} ${machine}`)).to.deep.equal([
          'port-taken sc2',
          'live-restore sc1',
          'machine-id -',
        ]);
        expect(faults[2]?.message).to.match(/^sc2 and sc3 have the same machine id/);
        expect(code).to.equal(1);
      } finally {
        await on('sc2', 'systemctl stop stranger || true');
        await on('sc1', 'mv /root/daemon.json /etc/docker/daemon.json; systemctl restart docker');
        await on('sc3', `echo ${id} > /etc/machine-id`);
      }
    });

    it('does not know what it cannot ask: a host with neither perl nor python3', async () => {
      await on('sc3', 'mv /usr/bin/perl /usr/bin/perl.away');
      try {
        const { stdout, code } = await tsmachine(['swarm', 'check'], { store });
        expect(stdout).to.contain('3 sc3    ?   ?   -\n\n?  cannot be checked: neither perl nor python3 is on sc3\n');
        expect(code).to.equal(0);
      } finally {
        await on('sc3', 'mv /usr/bin/perl.away /usr/bin/perl');
      }
    });

    it('tells of a machine that does not run, and checks the others', async () => {
      await succeed(['stop', 'sc3'], { store });
      const { code, faults, pairs } = await check(...names);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.include({ check: 'address', machine: 'sc3', message: 'The machine is stopped', fix: 'tsmachine start sc3' });
      expect(pairs.filter(({ outcome }) => outcome === 'open')).to.have.length(2 * 5);
      expect(code).to.equal(1);
      expect((await check()).pairs.every(({ from, to }) => from !== 'sc3' && to !== 'sc3')).to.equal(true);
      await succeed(['start', 'sc3'], { store });
    });
  });

  describe('in a swarm that runs', () => {
    before(async () => {
      const [first, ...others] = await Promise.all(
        names.map(async (name) => ({ name, ip: (await succeed(['ip', name], { store })).stdout.trim() })),
      );
      if (!first) throw new Error('no machine');
      const engine = async ({ name, ip }: { name: string; ip: string }) => engineOf(store, name, `tcp://${ip}:2376`);
      const leader = await engine(first);
      const at = (ip: string) => ({ ListenAddr: `${ip}:2377`, AdvertiseAddr: ip, DataPathAddr: ip });
      await leader.request('POST', '/swarm/init', { body: at(first.ip) });
      const {
        JoinTokens: { Worker: JoinToken },
      } = await leader.request<{ JoinTokens: { Worker: string } }>('GET', '/swarm');
      for (const other of others) {
        const worker = await engine(other);
        await worker.request('POST', '/swarm/join', { body: { ...at(other.ip), RemoteAddrs: [`${first.ip}:2377`], JoinToken } });
        worker.close();
      }
      leader.close();
    });

    it('finds nothing in the way, and asks 2377 of its managers alone', async () => {
      await expectGreen();
      const asked = (await check()).pairs.filter(({ check: what }) => what === 'tcp/2377').map(({ from, to }) => `${from}>${to}`);
      expect(asked).to.deep.equal(['sc2>sc1', 'sc3>sc1']);
    });

    for (const probe of ['udp/7946', 'udp/4789', 'tcp/7946']) {
      it(`names the machine and the port when ${probe} is dropped, though the engine has taken it`, () => namesPort('-j DROP', probe));
    }

    it('names the manager when 2377 is dropped', async () => {
      await on('sc1', 'iptables -I INPUT -p tcp --dport 2377 -j DROP');
      const { red, faults } = await check();
      await on('sc1', 'iptables -D INPUT -p tcp --dport 2377 -j DROP');
      expect(red).to.deep.equal(['sc2>sc1 tcp/2377 blocked', 'sc3>sc1 tcp/2377 blocked']);
      expect(faults.map(({ machine }) => machine)).to.deep.equal(['sc1']);
    });
  });
});
