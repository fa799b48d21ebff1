import { expect } from 'chai';

import type { ExecResult } from '../../../src/base/shell.js';
import { parseFacts } from '../../../src/provision/look/detect-host.js';
import { planUpgrade } from '../../../src/provision/upgrade.js';
import { skip } from '../../helpers/skip.js';
import { detection, hosts, type SampleHost } from '../../unit/provision/hosts.js';
import { Sandbox, canIsolate, interpreters } from './sandbox.js';

function run(box: Sandbox, host: SampleHost, version?: string, check = false): Promise<ExecResult> {
  const facts = parseFacts(detection(host, { engine: '27.5.1' }));
  const plan = planUpgrade(facts, { machine: 'm1', ...(version === undefined ? {} : { version }) }, check);
  return box.rootScript(plan.template, plan.variables, { ok: [0, 20, 21, 22, 23, 24, 25] });
}

/** Only asks what is newer. */
const ask = (box: Sandbox, host: SampleHost, version?: string) => run(box, host, version, true);

const lines = ({ stdout }: ExecResult, key: string) =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith(`${key}|`))
    .map((line) => line.slice(key.length + 1));

for (const interpreter of interpreters) {
  describe(`upgrading with ${interpreter[0]}`, () => {
    let box: Sandbox;

    before(function (this: Mocha.Context) {
      if (!canIsolate()) skip(this, 'needs root, mount namespaces and overlayfs');
    });
    beforeEach(() => {
      box = new Sandbox(interpreter, true);
      box.prepare('echo 4242 >/run/docker.pid');
    });
    afterEach(() => {
      box.remove();
    });

    const has = (program: string) => box.log.filter((line) => line.startsWith(`${program} `));

    // each with the shell its distributions have as /bin/sh
    if (interpreter[0] === 'dash')
      describe('by apt', () => {
        beforeEach(() => {
          box.state('version', '5:27.5.1-1~debian.12~bookworm');
          box.state('engine', 'docker-ce');
          // dpkg-query knows the packages of $STATE/engine at $STATE/version; as the real one it prints them in the order of their names
          box.program(
            'dpkg-query',
            `
          shift 2
          for name in $(shift; printf '%s\\n' "$@" | sort); do
            case "$(cat "$STATE/engine") $name" in
              "docker-ce docker-ce" | "docker-ce docker-ce-cli" | "docker.io docker.io" | "docker.io with its client docker.io" | "docker.io with its client docker-cli") echo "$name $(cat "$STATE/version") $(cat "$STATE/want" 2>/dev/null || echo install) ok installed" ;;
              "docker-ce containerd.io") echo "$name 1.7.1 install ok installed" ;;
              "docker-ce docker-buildx-plugin") echo "$name 0.1 deinstall ok config-files" ;;
              *) echo "dpkg-query: no packages found matching $name" >&2; status=1 ;;
            esac
          done
          exit \${status:-0}`,
          );
          box.program('dpkg', 'case "$1" in --compare-versions) [ "$2" \\< "$4" ] ;; esac');
          box.program('apt-mark', '');
          box.program(
            'apt-cache',
            `
          case "$1 $2" in
            "policy docker-cli") echo "  Candidate: 1" ;;
            "madison docker-ce" | "madison docker-ce-cli") printf ' %s | %s | https://d\\n' "$2" 5:28.5.2-1~debian.12~bookworm "$2" 5:28.5.1-1~debian.12~bookworm "$2" 5:26.1.4-1~debian.12~bookworm ;;
          esac; true`,
          );
          box.program(
            'apt-get',
            `
          case "$*" in
            *" install "*) printf '%s' '5:28.5.2-1~debian.12~bookworm' >"$STATE/version" ;;
          esac`,
          );
        });

        it("brings Docker's packages that are there to their newest, and asks for a restart", async () => {
          const result = await run(box, hosts.debian12);
          expect(result.exitCode).to.equal(0);
          expect(has('apt-get').at(-1)).to.match(/ install docker-ce docker-ce-cli containerd\.io$/);
          expect(lines(result, 'changed')).to.deep.equal([
            'docker-ce 5:27.5.1-1~debian.12~bookworm -> 5:28.5.2-1~debian.12~bookworm',
            'docker-ce-cli 5:27.5.1-1~debian.12~bookworm -> 5:28.5.2-1~debian.12~bookworm',
          ]);
          expect(lines(result, 'restart')).to.deep.equal(['needed']);
        });

        it('asks for no restart when the package did it', async () => {
          box.program('apt-get', 'case "$*" in *" install "*) echo 28 >"$STATE/version"; echo 4343 >/run/docker.pid ;; esac');
          const result = await run(box, hosts.debian12);
          expect([lines(result, 'changed').length, lines(result, 'restart')]).to.deep.equal([2, []]);
        });

        it('tells nothing when nothing is newer', async () => {
          box.program('apt-get', '');
          const result = await run(box, hosts.debian12);
          expect([result.exitCode, lines(result, 'changed'), lines(result, 'restart')]).to.deep.equal([0, [], []]);
        });

        it('takes a wanted version, also of packages that were held at another, and holds it', async () => {
          box.state('want', 'hold');
          expect((await run(box, hosts.debian12, '28.5.1')).exitCode).to.equal(0);
          expect(has('apt-get').at(-1)).to.match(/ install docker-ce=5:28\.5\.1-\S+ docker-ce-cli=5:28\.5\.1-\S+ containerd\.io$/);
          expect(has('apt-mark')).to.deep.equal([
            'apt-mark unhold docker-ce docker-ce-cli containerd.io',
            'apt-mark hold docker-ce',
            'apt-mark hold docker-ce-cli',
          ]);
        });

        it('refuses an older version, and lists the versions there are when there is none', async () => {
          const older = await run(box, hosts.debian12, '26');
          expect([older.exitCode, lines(older, 'failure')[0]]).to.deep.equal([
            22,
            'version 5:26.1.4-1~debian.12~bookworm is older than the installed 5:27.5.1-1~debian.12~bookworm',
          ]);
          const none = await run(box, hosts.debian12, '30');
          expect([none.exitCode, lines(none, 'available').length]).to.deep.equal([21, 3]);
          expect(has('apt-get').filter((line) => line.includes(' install '))).to.deep.equal([]);
        });

        it('tells what is newer without a change, also of packages that are held', async () => {
          box.program(
            'apt-get',
            `case "$*" in "-s -q --allow-change-held-packages"*) printf '%s\n' 'Reading package lists...' \
          'Inst docker-ce [5:27.5.1-1~debian.12~bookworm] (5:28.5.2-1~debian.12~bookworm Docker CE:bookworm [amd64])' 'Inst libnew (1.0 Debian:12 [amd64])' \
          'Conf docker-ce (5:28.5.2-1~debian.12~bookworm Docker CE:bookworm [amd64])' ;; esac`,
          );
          const result = await ask(box, hosts.debian12);
          expect([result.exitCode, lines(result, 'newer')]).to.deep.equal([
            0,
            ['docker-ce 5:27.5.1-1~debian.12~bookworm -> 5:28.5.2-1~debian.12~bookworm'],
          ]);
          expect(has('apt-get').filter((line) => !line.startsWith('apt-get -s'))).to.deep.equal(['apt-get -q update']);
          expect(has('apt-mark')).to.deep.equal([]);
          expect((await ask(box, hosts.debian12, '30')).exitCode, 'no such version').to.equal(21);
          expect((await ask(box, hosts.debian12, '26')).exitCode, 'an older one').to.equal(22);
        });

        it('takes the client along that newer packages of the distribution split off', async () => {
          box.state('engine', 'docker.io');
          expect((await run(box, hosts.debian12)).exitCode).to.equal(0);
          expect(has('apt-get').at(-1)).to.match(/ install docker\.io docker-cli$/);
          box.state('engine', 'docker.io with its client');
          expect((await run(box, hosts.debian12)).exitCode).to.equal(0);
          expect(has('apt-get').at(-1)).to.match(/ install docker\.io docker-cli$/);
        });

        it('knows an engine that no package brought', async () => {
          box.state('engine', 'none');
          expect((await run(box, hosts.debian12)).exitCode).to.equal(24);
          expect(has('apt-get')).to.deep.equal([]);
        });
      });

    if (interpreter[0] === 'bash')
      describe('by dnf', () => {
        beforeEach(() => {
          box.state('version', '28.5.1-1.el9');
          box.program(
            'rpm',
            `
          case "$*" in
            "-q docker-ce") exit 0 ;;
            "-q --qf"*) printf 'docker-ce %s\\ndocker-ce-cli %s\\npackage containerd.io is not installed\\n' "$(cat "$STATE/version")" "$(cat "$STATE/version")" ;;
            *) exit 1 ;;
          esac`,
          );
          box.program(
            'dnf',
            `
          case "$*" in
            "-q list --showduplicates "*) printf 'Available Packages\\n%s.x86_64 3:28.5.0-1.el9 r\\n%s.x86_64 3:28.5.2-1.el9 r\\n' "$4" "$4" ;;
            "-y upgrade"* | "-y install"*) printf '%s' 28.5.2-1.el9 >"$STATE/version" ;;
          esac; true`,
          );
        });

        it('upgrades what is installed', async () => {
          const result = await run(box, hosts.rocky);
          expect(result.exitCode).to.equal(0);
          expect(has('dnf').at(-1)).to.equal('dnf -y upgrade docker-ce docker-ce-cli');
          expect([lines(result, 'changed')[0], lines(result, 'restart')]).to.deep.equal([
            'docker-ce 28.5.1-1.el9 -> 28.5.2-1.el9',
            ['needed'],
          ]);
        });

        it('takes a wanted version and locks it, but none that is older', async () => {
          expect((await run(box, hosts.rocky, '28.5.2')).exitCode).to.equal(0);
          expect(has('dnf').slice(-2)).to.deep.equal([
            'dnf -y install docker-ce-28.5.2-1.el9 docker-ce-cli-28.5.2-1.el9',
            'dnf -y versionlock add docker-ce',
          ]);
          box.state('version', '28.5.1-1.el9');
          const older = await run(box, hosts.rocky, '28.5.0');
          expect([older.exitCode, lines(older, 'failure')[0]]).to.deep.equal([
            22,
            'version 28.5.0-1.el9 is older than the installed 28.5.1-1.el9',
          ]);
        });
      });

    if (interpreter[0] === 'bash')
      it('tells what is newer without a change, by dnf', async () => {
        box.state('version', '28.5.1-1.el9');
        box.program('rpm', 'case "$*" in "-q docker-ce") ;; "-q --qf"*) echo "docker-ce $(cat "$STATE/version")" ;; *) exit 1 ;; esac');
        box.program(
          'dnf',
          'case "$*" in "-q list --showduplicates "*) printf "Available Packages\n%s.x86_64 3:28.5.0-1.el9 r\n%s.x86_64 ' +
            '3:28.5.2-1.el9 r\n" "$4" "$4" ;; esac; true',
        );
        expect(lines(await ask(box, hosts.rocky), 'newer')).to.deep.equal(['docker-ce 28.5.1-1.el9 -> 28.5.2-1.el9']);
        expect(has('dnf').filter((line) => /install|upgrade|versionlock/.test(line))).to.deep.equal([]);
        box.state('version', '28.5.2-1.el9');
        expect(lines(await ask(box, hosts.rocky), 'newer')).to.deep.equal([]);
      });

    // busybox has an rpm of its own, which goes before the one in PATH
    if (interpreter[0] !== 'busybox')
      it('works by zypper', async () => {
        box.state('version', '27.1.1_ce-1.1');
        box.program('rpm', 'case "$*" in "-q docker") ;; *) echo "docker $(cat "$STATE/version")" ;; esac');
        box.program(
          'zypper',
          `case "$*" in
        *search*) printf "S | Name   | Type    | Version         | Arch   | Repository\\n--+--\\n  | docker | package | 28.5.1_ce-1.1 | x86_64 | oss\\n" ;;
        *update* | *install*) printf 28.5.1_ce-1.1 >"$STATE/version" ;; esac`,
        );
        expect(lines(await ask(box, hosts.leap), 'newer')).to.deep.equal(['docker 27.1.1_ce-1.1 -> 28.5.1_ce-1.1']);
        box.clearLog();
        expect(lines(await run(box, hosts.leap), 'changed')).to.deep.equal(['docker 27.1.1_ce-1.1 -> 28.5.1_ce-1.1']);
        expect(has('zypper')).to.deep.equal(['zypper -n refresh', 'zypper -n update docker']);
        expect((await run(box, hosts.leap, '30')).exitCode).to.equal(21);
      });

    it('works by pacman', async () => {
      box.state('version', '1:28.4.0-1');
      box.program('pacman', 'case "$1" in -Q) echo "docker $(cat "$STATE/version")" ;; -Si) echo "Version : 1:28.5.1-1" ;; esac');
      expect(lines(await ask(box, hosts.arch), 'newer')).to.deep.equal(['docker 1:28.4.0-1 -> 1:28.5.1-1']);
      box.clearLog();
      box.state('version', '1:28.4.0-1');
      box.program(
        'pacman',
        'case "$1" in -Q) echo "docker $(cat "$STATE/version")" ;; -S) printf 1:28.5.1-1 >"$STATE/version" ;; -Si) ' +
          'echo "Version : 1:28.5.1-1" ;; esac',
      );
      expect(lines(await run(box, hosts.arch), 'changed')).to.deep.equal(['docker 1:28.4.0-1 -> 1:28.5.1-1']);
      expect(
        has('pacman')
          .filter((line) => line.startsWith('pacman -S') && !line.startsWith('pacman -Sp'))
          .map((line) => line.slice(7)),
      ).to.deep.equal(['-Sy --noconfirm --noprogressbar', '-S --noconfirm --noprogressbar --needed docker']);
      expect((await run(box, hosts.arch, '29')).exitCode).to.equal(21);
    });

    it('works by apk', async () => {
      box.state('version', '27.3.1-r0');
      box.program(
        'apk',
        `case "$*" in
        "info -e docker" | "info -e docker-engine") ;;
        "info -v docker") echo "docker-$(cat "$STATE/version") x86_64" ;;
        "info -v docker-engine") echo "docker-engine-$(cat "$STATE/version")" ;;
        "search -x docker") echo docker-28.3.3-r4 ;;
        *add*) printf 28.3.3-r4 >"$STATE/version" ;;
        *info*) exit 1 ;; esac`,
      );
      expect(lines(await ask(box, hosts.alpine), 'newer')).to.deep.equal(['docker 27.3.1-r0 -> 28.3.3-r4']);
      expect(has('apk').filter((line) => line.includes(' add '))).to.deep.equal([]);
      expect(lines(await run(box, hosts.alpine), 'changed')).to.deep.equal([
        'docker 27.3.1-r0 -> 28.3.3-r4',
        'docker-engine 27.3.1-r0 -> 28.3.3-r4',
      ]);
      expect(has('apk').at(-1)).to.match(/^apk info/);
      expect(has('apk')).to.include('apk --wait 300 add --upgrade docker');
    });
  });
}
