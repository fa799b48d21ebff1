import { existsSync, readFileSync } from 'node:fs';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import type { ExecResult } from '../../../src/base/shell.js';
import { parseFacts } from '../../../src/provision/look/detect-host.js';
import { setHostname } from '../../../src/provision/apply/set-hostname.js';
import { installEngine } from '../../../src/provision/apply/install.js';
import { planInstall } from '../../../src/provision/plan/install.js';
import { detection, hosts, type SampleHost } from '../../unit/provision/hosts.js';
import { request } from '../../unit/provision/request.js';
import { Sandbox, canIsolate, interpreters } from './sandbox.js';

type Install = Parameters<typeof planInstall>[1];

/** What the script of a distribution does and prints. */
function run(box: Sandbox, host: SampleHost, install: Partial<Install> = {}, more: Record<string, string> = {}): Promise<ExecResult> {
  const plan = planInstall(parseFacts(detection(host)), { mode: 'auto', url: '', ...install }, 'm1');
  return box.rootScript(plan.template, { ...plan.variables, ...more }, { ok: [0, 20, 21, 22, 23, 25] });
}

for (const interpreter of interpreters) {
  describe(`installing with ${interpreter[0]}`, () => {
    let box: Sandbox;

    before(function (this: Mocha.Context) {
      if (canIsolate()) return;
      console.log('    needs root, mount namespaces and overlayfs');
      this.skip();
    });
    beforeEach(() => {
      box = new Sandbox(interpreter, true);
    });
    afterEach(() => {
      box.remove();
    });

    /** What the package manager was asked to do, without what it was only asked about. */
    const installs = () => box.log.filter((line) => / install | -S | add /.test(`${line} `) && !/ (-s|--assumeno|--dry-run) /.test(line));

    // each with the shell its distributions have as /bin/sh
    if (interpreter[0] === 'dash')
      describe('by apt', () => {
        beforeEach(() => {
          box.prepare(`mkdir -p /run/systemd/system /usr/lib/apt /var/lib/apt/lists; rm -rf /var/lib/apt/lists/*
          rm -f /etc/apt/sources.list.d/* 2>/dev/null; cp '${box.path('bin', 'apt-helper')}' /usr/lib/apt/apt-helper`);
          box.program('systemctl', '');
          box.program('deb-systemd-helper', '');
          box.program('apt-mark', '');
          box.program('dpkg', '[ "$1" != --print-architecture ] || echo amd64');
          box.program('gpg', 'echo "fpr:::::::::9DC858229FC7DD38854AE2D88D81803C0EBFCD88:"');
          box.program('apt-helper', 'echo "E: cannot reach $*" >&2; exit 100');
          box.program(
            'apt-cache',
            `
          case "$1 $2" in
            "policy docker.io" | "policy docker-cli") echo "  Candidate: 1" ;;
            "policy docker-ce") [ -e "$STATE/docker-ce" ] && echo "  Candidate: 5:1" ;;
            "madison docker.io") echo " docker.io | 20.10.24+dfsg1-1 | http://deb bookworm/main" ;;
            "madison docker-ce" | "madison docker-ce-cli") [ -e "$STATE/docker-ce" ] && printf ' %s | %s | https://d\\n' "$2" 5:28.5.2-1~debian.12~bookworm "$2" 5:28.5.1-1~debian.12~bookworm "$2" 5:27.5.1-1~debian.12~bookworm ;;
          esac; true`,
          );
          box.program(
            'apt-get',
            `
          case "$*" in
            "-s "*) exit 0 ;;
            *" install "*) ls /run/systemd/system >"$STATE/masks"; cp /etc/apt/sources.list.d/* "$STATE/" 2>/dev/null ;;
            *update*) exit 0 ;;
          esac
          if [ -s "$STATE/locks" ]; then
            left=$(cat "$STATE/locks"); left=\${left%x}; printf %s "$left" >"$STATE/locks"
            echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4242 (apt-get)" >&2; exit 100
          fi
          if [ -e "$STATE/stale" ]; then rm "$STATE/stale"; echo "E: Failed to fetch http://deb/x 404 Not Found"; exit 100; fi
          exit 0`,
          );
        });

        it("takes the distribution's packages when Docker's are out of reach, and starts nothing yet", async () => {
          const { exitCode, stdout } = await run(box, hosts.debian12);
          expect(exitCode).to.equal(0);
          expect(stdout).to.match(/^note\|.*installing the distribution's$/m);
          expect(installs()).to.have.length(1);
          expect(installs()[0]).to.match(/ --no-remove install docker\.io ca-certificates iptables (apparmor )?docker-cli$/);
          expect(kept(box, 'masks').split('\n')).to.include.members(['docker.service', 'docker.socket']);
          expect(box.log.at(-1)).to.equal('systemctl daemon-reload');
        });

        it("adds Docker's repository with its key checked", async () => {
          box.state('docker-ce', '');
          box.program('apt-helper', 'for last; do :; done; echo data >"$last"');
          const { exitCode } = await run(box, hosts.debian12);
          expect(exitCode).to.equal(0);
          expect(installs()[0]).to.match(/ install docker-ce docker-ce-cli containerd\.io$/);
          expect(kept(box, 'docker-tsmachine.sources')).to.contain(
            'URIs: https://download.docker.com/linux/debian\nSuites: bookworm\nComponents: stable\nArchitectures: amd64\n' +
              'Signed-By: /etc/apt/keyrings/docker.asc',
          );
          box.program('gpg', 'echo "fpr:::::::::0000:"');
          const wrong = await run(box, hosts.debian12);
          expect(wrong.exitCode).to.equal(22);
          expect(wrong.stdout).to.contain("failure|the signing key of https://download.docker.com/linux/debian is not Docker's");
        });

        it('pins a version, and holds it', async () => {
          box.state('docker-ce', '');
          box.program('apt-helper', 'for last; do :; done; echo data >"$last"');
          expect((await run(box, hosts.debian12, { version: '28.5' })).exitCode).to.equal(0);
          expect(installs()[0]).to.match(
            / install docker-ce=5:28\.5\.2-1~debian\.12~bookworm docker-ce-cli=5:28\.5\.2-1~debian\.12~bookworm containerd\.io$/,
          );
          expect(box.log).to.include.members(['apt-mark hold docker-ce', 'apt-mark hold docker-ce-cli']);
        });

        it('lists the versions there are when the wanted one is not', async () => {
          box.state('docker-ce', '');
          box.program('apt-helper', 'for last; do :; done; echo data >"$last"');
          const { exitCode, stdout } = await run(box, hosts.debian12, { version: '2' });
          expect(exitCode).to.equal(21);
          expect(stdout)
            .to.contain('available|docker-ce 5:27.5.1-1~debian.12~bookworm')
            .and.contain('available|docker.io 20.10.24+dfsg1-1');
          expect(installs()).to.deep.equal([]);
        });

        describe('on a host with packages that are in the way', () => {
          const plan = [
            'Inst runc (1.1.5 Debian:12 [amd64])',
            'Remv containerd.io [1.7.28-1]',
            'Inst libseccomp2 [2.5.3-1] (2.5.4-1 Debian:12 [amd64])',
            'Inst libnftnl11 [1.3-1] (1.2.4-2 Debian:12 [amd64])',
            'Conf runc (1.1.5 Debian:12 [amd64])',
          ];
          beforeEach(() => {
            box.program('apt-get', `case "$*" in "-s "*) printf '%s\\n' ${plan.map((line) => `'${line}'`).join(' ')} ;; esac`);
            box.program('dpkg', '[ "$1" != --compare-versions ] || [ "$2 $4" = "1.2.4-2 1.3-1" ]');
          });

          it('changes nothing, and says what would go', async () => {
            const { exitCode, stdout } = await run(box, hosts.debian12, { mode: 'distro' });
            expect(exitCode).to.equal(25);
            expect(stdout.match(/^would\|.*$/gm)).to.deep.equal([
              'would|remove containerd.io (1.7.28-1)',
              'would|downgrade libnftnl11 (1.3-1 -> 1.2.4-2)',
            ]);
            expect(stdout).to.contain('note|This also upgrades libseccomp2 (2.5.3-1 -> 2.5.4-1)');
            expect(installs()).to.deep.equal([]);
            expect(box.log).to.not.include('systemctl daemon-reload');
            const facts = parseFacts(detection(hosts.debian12));
            const error = TsmachineError.from(
              await installEngine(box, facts, request({ install: { mode: 'distro' } })).catch((thrown: unknown) => thrown),
            );
            expect(error.code).to.equal('ENGINE_INSTALL');
            expect(error.message).to.contain('Nothing was changed:\n  remove containerd.io (1.7.28-1)');
            expect(plain(error.hint ?? ''))
              .to.contain('--engine-allow-removals')
              .and.contain('--engine-install docker');
          });

          it('goes on where that is allowed, and says so', async () => {
            const { exitCode, stdout } = await run(box, hosts.debian12, { mode: 'distro', allowRemovals: true });
            expect(exitCode).to.equal(0);
            expect(stdout).to.contain('note|This will remove containerd.io (1.7.28-1)');
            expect(installs()[0]).to.contain('--allow-downgrades').and.not.contain('--no-remove');
          });
        });

        it("does not name those of Docker's packages that are there", async () => {
          box.state('docker-ce', '');
          box.program('apt-helper', 'for last; do :; done; echo data >"$last"');
          box.program('dpkg-query', 'case "$*" in *containerd.io) echo "install ok installed" ;; esac');
          expect((await run(box, hosts.debian12)).exitCode).to.equal(0);
          expect(installs()[0]).to.match(/ install docker-ce docker-ce-cli$/);
        });

        it("says what Docker's repository lacks, not that it cannot be reached", async () => {
          box.program('apt-helper', 'for last; do :; done; echo data >"$last"');
          const { exitCode, stdout } = await run(box, hosts.debian12, { mode: 'docker' });
          expect([exitCode, stdout.includes('has no package docker-ce for bookworm')]).to.deep.equal([22, true]);
        });

        it("fails where only Docker's packages will do", async () => {
          const { exitCode, stdout } = await run(box, hosts.debian12, { mode: 'docker' });
          expect(exitCode).to.equal(23);
          expect(stdout).to.contain('failure|cannot reach');
        });

        it('waits for a lock and says so once', async () => {
          box.state('locks', 'xx');
          const { exitCode, stdout } = await run(box, hosts.debian12, { mode: 'distro' });
          expect(exitCode).to.equal(0);
          expect(
            stdout.match(/^progress\|Waiting for another package manager on the host to finish \(process 4242 \(apt-get\)\)$/gm),
          ).to.have.length(1);
          expect(installs()).to.have.length(3);
        });

        it('gives up on a lock in the end, naming the holder, and leaves no mask', async () => {
          box.state('locks', 'x'.repeat(50));
          const { exitCode, stdout } = await run(box, hosts.debian12, { mode: 'distro' }, { LOCK_TIMEOUT: '1' });
          expect(exitCode).to.equal(20);
          expect(stdout).to.contain('failure|held by process 4242 (apt-get)');
          expect(box.log.at(-1)).to.equal('systemctl daemon-reload');
        });

        it('finishes what an interrupted dpkg left', async () => {
          box.state('interrupted', '');
          box.program('dpkg', 'case "$*" in "--configure -a"*) rm -f "$STATE/interrupted" ;; esac');
          box.program(
            'apt-get',
            'case "$*" in *" install "*) [ ! -e "$STATE/interrupted" ] || { echo "E: dpkg was interrupted, you must ' +
              'manually run"; exit 100; } ;; esac',
          );
          expect((await run(box, hosts.debian12, { mode: 'distro' })).exitCode).to.equal(0);
          expect(box.log.filter((line) => line.startsWith('dpkg --configure'))).to.have.length(1);
        });

        it('does not read lists that are fresh, and reads them when they turn out stale', async () => {
          box.prepare('mkdir -p /run/systemd/system /usr/lib/apt /var/lib/apt/lists; : >/var/lib/apt/lists/deb_Packages');
          expect((await run(box, hosts.debian12, { mode: 'distro' })).exitCode).to.equal(0);
          expect(box.log.filter((line) => line.includes('update'))).to.deep.equal([]);
          box.state('stale', '');
          expect((await run(box, hosts.debian12, { mode: 'distro' })).exitCode).to.equal(0);
          expect(box.log.filter((line) => line.includes('update'))).to.have.length(1);
        });
      });

    if (interpreter[0] === 'bash')
      describe('by dnf', () => {
        beforeEach(() => {
          box.prepare('mkdir -p /etc/yum.repos.d /etc/pki/rpm-gpg; rm -f /etc/yum.repos.d/*');
          box.program('gpg', 'echo "fpr:::::::::060A61C51B558A7F742B77AAC52FEB6B621E9F35:"');
          box.program('curl', 'while [ "$1" != -o ]; do shift; done; echo key >"$2"');
          box.program(
            'dnf',
            `
          case "$*" in
            "-q list --showduplicates docker-ce" | "-q list --showduplicates docker-ce-cli")
              grep -qs 'linux/centos/9/' /etc/yum.repos.d/docker-tsmachine.repo || exit 1
              name=\${4:-$3}; printf 'Available Packages\\n%s.x86_64 3:28.5.1-1.el9 r\\n%s.x86_64 3:28.5.2-1.el9 r\\n%s.x86_64 3:29.0.0-1.el9 r\\n' "$name" "$name" "$name" ;;
            "-q list --showduplicates docker"*) echo "docker.x86_64 25.0.8-1.amzn2023 r" ;;
          esac; true`,
          );
        });

        it("adds Docker's repository on a rebuild of RHEL", async () => {
          const { exitCode } = await run(box, hosts.rocky);
          expect(exitCode).to.equal(0);
          expect(installs()).to.deep.equal(['dnf -y install docker-ce docker-ce-cli containerd.io']);
        });

        it('pins a version', async () => {
          await run(box, hosts.alma, { version: '28' });
          expect(box.log.slice(-2)).to.deep.equal([
            'dnf -y install docker-ce-28.5.2-1.el9 docker-ce-cli-28.5.2-1.el9 containerd.io',
            'dnf -y versionlock add docker-ce',
          ]);
          box.clearLog();
          const { exitCode, stdout } = await run(box, hosts.alma, { version: '30' });
          expect([exitCode, stdout.includes('available|docker-ce 29.0.0-1.el9')]).to.deep.equal([21, true]);
        });

        it('changes nothing where something would be removed, replaced, downgraded, or a runtime upgraded', async () => {
          box.program('rpm', 'case "$*" in *containerd.io*) [ "$2" != containerd.io ] && echo 1.6-1 ;; *) echo 1-1; exit 1 ;; esac');
          box.program(
            'dnf',
            `
          case "$*" in
            "--assumeno "*) cat "$STATE/plan" ;;
            "-q list --showduplicates docker-ce") echo "docker-ce.x86_64 3:28.5.2-1.el9 r" ;;
          esac; true`,
          );
          box.state(
            'plan',
            [
              'Dependencies resolved.',
              ' Package  Architecture Version Repository Size',
              'Installing:',
              ' docker-ce x86_64 3:28.5.2-1.el9 docker-ce-stable 20 M',
              '     replacing  podman-docker.noarch 2:5.2-1',
              'Upgrading:',
              ' containerd.io x86_64 1.7-1 docker-ce-stable 30 M',
              ' selinux-policy noarch 38-2 base 1 M',
              'Removing dependent packages:',
              ' cri-o x86_64 1.30-1 @kube 90 M',
              'Downgrading:',
              ' libslirp x86_64 4.4-7 base 60 k',
              'Transaction Summary',
              ' Install 1 Package',
              '',
            ].join('\n'),
          );
          const { exitCode, stdout } = await run(box, hosts.rocky);
          expect(exitCode).to.equal(25);
          expect(stdout.match(/^would\|.*$/gm)).to.deep.equal([
            'would|remove podman-docker (2:5.2-1)',
            'would|upgrade containerd.io (1.6-1 -> 1.7-1)',
            'would|remove cri-o (1.30-1)',
            'would|downgrade libslirp (1-1 -> 4.4-7)',
          ]);
          expect(stdout).to.contain('note|This also upgrades selinux-policy');
          expect(installs()).to.deep.equal([]);
          expect((await run(box, hosts.rocky, { allowRemovals: true })).exitCode).to.equal(0);
          expect(installs()[0]).to.match(/^dnf -y --allowerasing install docker-ce /);
        });

        it("takes the distribution's own package on Amazon Linux", async () => {
          expect((await run(box, hosts.amazon2023)).exitCode).to.equal(0);
          expect(installs()).to.deep.equal(['dnf -y install docker']);
        });

        it("fails where Docker's repository does not answer and there is nothing else", async () => {
          box.program('curl', 'echo "curl: (6) Could not resolve host: download.docker.com" >&2; exit 6');
          const { exitCode, stdout } = await run(box, hosts.oracle);
          expect([exitCode, stdout.includes('failure|curl: (6) Could not resolve host')]).to.deep.equal([23, true]);
        });

        it('tells a failed installation', async () => {
          box.program(
            'dnf',
            'case "$*" in *install*) echo "Error: Transaction test error: package needs 40MB more space on the / ' +
              'filesystem"; exit 1 ;; *list*) echo "docker.x86_64 25 r" ;; esac',
          );
          const facts = parseFacts(detection(hosts.amazon2023));
          const error = await installEngine(box, facts, request()).catch((thrown: unknown) => TsmachineError.from(thrown));
          expect(error).to.include({ code: 'HOST_DISK_FULL' });
        });
      });

    it("works by zypper, registering SLES's module", async () => {
      box.program('zypper', 'case "$*" in *search*) [ -e "$STATE/module" ] || exit 104 ;; esac');
      box.program('SUSEConnect', ': >"$STATE/module"');
      expect((await run(box, hosts.sles)).exitCode).to.equal(0);
      expect(box.log.filter((line) => line.startsWith('SUSE'))[0]).to.match(/^SUSEConnect -p sle-module-containers\/15\.6\//);
      expect(installs()).to.deep.equal(['zypper -n install docker']);
      box.program('zypper', 'exit 7');
      expect((await run(box, hosts.leap)).exitCode).to.equal(20);
    });

    it('asks zypper, pacman and apk first what would become of packages that are there', async () => {
      box.program('rpm', 'echo 1.0-1');
      box.program(
        'zypper',
        'case "$*" in *--dry-run*) printf "The following 2 NEW packages are going to be installed:\\n  docker runc\\n\\nThe following package is ' +
          'going to be REMOVED:\\n  cri-o\\n\\nThe following 2 packages are going to be upgraded:\\n  containerd libzypp\\n\\n" ;; esac',
      );
      const zypper = await run(box, hosts.leap);
      // busybox's shell has an rpm of its own
      if (interpreter[0] !== 'busybox')
        expect([zypper.exitCode, zypper.stdout.match(/^would\|.*$/gm)]).to.deep.equal([
          25,
          ['would|remove cri-o (1.0-1)', 'would|upgrade containerd (1.0-1)'],
        ]);
      box.program(
        'pacman',
        'case "$1 $2" in "-Sp --needed") printf "containerd 2-1\\ndocker 28-1\\n" ;; "-Q containerd") echo "containerd 1-1" ;; -Q*) exit 1 ;; esac',
      );
      const pacman = await run(box, hosts.arch);
      expect([pacman.exitCode, pacman.stdout.match(/^would\|.*$/gm)]).to.deep.equal([25, ['would|upgrade containerd (1-1 -> 2-1)']]);
      box.program(
        'apk',
        'case "$1 $2" in "search -x") echo docker-28.3.3-r4 ;; "add -s") printf "(1/3) Purging cri-o (1.30-r0)\\n(2/3) Upgrading musl (1.2.4-r0 -> ' +
          '1.2.5-r0)\\n(3/3) Installing docker (28.3.3-r4)\\nOK: 300 MiB\\n" ;; esac',
      );
      const apk = await run(box, hosts.alpine);
      expect([apk.exitCode, apk.stdout.match(/^would\|.*$/gm)]).to.deep.equal([25, ['would|remove cri-o (1.30-r0)']]);
      expect(apk.stdout).to.contain('note|This also upgrades musl (1.2.4-r0 -> 1.2.5-r0)');
      expect(installs()).to.deep.equal([]);
    });

    it("resolves zypper's versions", async () => {
      box.program(
        'zypper',
        'case "$*" in *search*) printf "S | Name   | Type    | Version         | Arch   | Repository\\n--+--\\n  | ' +
          'docker | package | 28.5.1_ce-1.1 | x86_64 | oss\\n  | docker | package | 27.1.1_ce-1.1 | x86_64 | oss\\n" ;; esac',
      );
      expect((await run(box, hosts.tumbleweed, { version: '27.1.1' })).exitCode).to.equal(0);
      expect(installs()).to.deep.equal(['zypper -n install docker=27.1.1_ce-1.1']);
      const { exitCode, stdout } = await run(box, hosts.tumbleweed, { version: '26' });
      expect([exitCode, stdout.includes('available|docker 28.5.1_ce-1.1')]).to.deep.equal([21, true]);
    });

    it('works by pacman, reading lists only when the old ones fail', async () => {
      box.program('pacman', '');
      expect((await run(box, hosts.arch)).exitCode).to.equal(0);
      expect(installs()).to.deep.equal(['pacman -S --noconfirm --noprogressbar --needed docker']);
      box.clearLog();
      box.program('pacman', 'case "$1" in -Sy) : >"$STATE/fresh" ;; -S) [ -e "$STATE/fresh" ] ;; esac');
      expect((await run(box, hosts.arch)).exitCode).to.equal(0);
      expect(box.log.filter((line) => !line.startsWith('pacman -Sp'))).to.have.length(3);
    });

    it('works by apk, and names the repository it needs', async () => {
      box.program('apk', 'case "$1" in search) echo docker-28.3.3-r4 ;; esac');
      expect((await run(box, hosts.alpine, { version: '28' })).exitCode).to.equal(0);
      expect(installs()).to.deep.equal(['apk --wait 300 add docker']);
      expect((await run(box, hosts.alpine, { version: '27' })).exitCode).to.equal(21);
      box.program('apk', '');
      const { exitCode, stdout } = await run(box, hosts.alpine);
      expect([exitCode, stdout.includes('community repository')]).to.deep.equal([22, true]);
    });

    it("runs a script of the user's only once it is there whole", async () => {
      box.program('curl', 'while [ "$1" != -o ]; do shift; done; printf "echo ran VERSION=\\$VERSION" >"$2"');
      const url = 'https://example.com/i.sh';
      expect((await run(box, hosts.gentoo, { url, version: '27.1' })).stdout).to.contain('ran VERSION=27.1');
      expect(box.log.at(-1)).to.contain('--proto =https --proto-redir =https ');
      await run(box, hosts.gentoo, { url: 'http://example.com/i.sh', insecure: true });
      expect(box.log.at(-1)).to.contain('--proto =http,https --proto-redir =http,https ');
      box.program(
        'curl',
        'while [ "$1" != -o ]; do shift; done; echo "touch /tmp/never" >"$2"; echo "curl: (18) transfer closed" >&2; exit 18',
      );
      const { exitCode, stdout } = await run(box, hosts.gentoo, { url });
      expect([exitCode, stdout.includes('failure|curl: (18) transfer closed')]).to.deep.equal([23, true]);
      expect(existsSync('/tmp/never')).to.equal(false);
    });

    it('names the host, and touches only its own line of /etc/hosts', async () => {
      box.prepare(`umount -l /etc/hosts 2>/dev/null; umount -l /etc/hostname 2>/dev/null; printf "127.0.0.1 localhost\\n127.0.1.1 old old.example\\n10.0.0.1 m1.example # m1" >/etc/hosts
        set -- sh -c '"$@"; status=$?; cat /etc/hosts /etc/hostname /proc/sys/kernel/hostname >"$SANDBOX/state/after"; exit $status' sh "$@"`);
      await setHostname(box, parseFacts(detection(hosts.debian12)), 'm1');
      expect(kept(box, 'after')).to.equal('127.0.0.1 localhost\n127.0.1.1 m1\n10.0.0.1 m1.example # m1\nm1\nm1\n');
    });
  });
}

/** A file the fake programs kept. */
function kept(box: Sandbox, name: string): string {
  return readFileSync(box.path('state', name), 'utf8');
}
