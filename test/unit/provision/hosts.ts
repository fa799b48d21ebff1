/** Hosts as their detection would print them: os-release texts and the vendors' units, from public documentation of each system. */
export interface SampleHost {
  readonly osRelease: string;
  readonly init: 'systemd' | 'openrc' | 'sysv';
  /** Where its engine is once it is installed, and the unit that starts it. */
  readonly dockerd: string;
  readonly unit?: string;
  readonly environment?: string;
  readonly confD?: string;
}

const vendorUnit = (execStart: string, more = ''): string => `# /usr/lib/systemd/system/docker.service
[Unit]
Description=Docker Application Container Engine
Requires=docker.socket

[Service]
Type=notify
${more}ExecStart=${execStart}
ExecReload=/bin/kill -s HUP $MAINPID
KillMode=process

[Install]
WantedBy=multi-user.target`;

const dockerCe = vendorUnit('/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock');
const debianIo = vendorUnit(
  '/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS',
  'EnvironmentFile=-/etc/default/docker\n',
);

const rhelLike = (id: string, name: string, version: string, like = 'rhel centos fedora'): SampleHost => ({
  osRelease:
    `NAME="${name}"\nVERSION="${version}"\nID="${id}"\nID_LIKE="${like}"\nVERSION_ID="${version}"\n` + `PRETTY_NAME="${name} ${version}"`,
  init: 'systemd',
  dockerd: '/usr/bin/dockerd',
  unit: dockerCe,
});

export const hosts = {
  debian12: {
    osRelease:
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 ' +
      '(bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nBUG_REPORT_URL="https://bugs.debian.org/?a=b"',
    init: 'systemd',
    dockerd: '/usr/sbin/dockerd',
    unit: debianIo,
  },
  sid: {
    osRelease: 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nNAME="Debian GNU/Linux"\nVERSION_CODENAME=forky\nID=debian',
    init: 'systemd',
    dockerd: '/usr/sbin/dockerd',
    unit: debianIo,
  },
  ubuntu2404: {
    osRelease:
      'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nID=ubuntu\n' +
      'ID_LIKE=debian\nUBUNTU_CODENAME=noble',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: dockerCe,
  },
  mint: {
    osRelease:
      'NAME="Linux Mint"\nVERSION="22 (Wilma)"\nID=linuxmint\nID_LIKE="ubuntu debian"\nPRETTY_NAME="Linux Mint 22"\n' +
      'VERSION_ID="22"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: dockerCe,
  },
  rhel9: rhelLike('rhel', 'Red Hat Enterprise Linux', '9.4', 'fedora'),
  centosStream: rhelLike('centos', 'CentOS Stream', '9', 'rhel fedora'),
  rocky: rhelLike('rocky', 'Rocky Linux', '9.5'),
  alma: rhelLike('almalinux', 'AlmaLinux', '9.5'),
  oracle: rhelLike('ol', 'Oracle Linux Server', '9.5', 'fedora'),
  fedora: {
    osRelease:
      'NAME="Fedora Linux"\nVERSION="43 (Server Edition)"\nID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43 ' +
      '(Server Edition)"\nVARIANT="Server Edition"\nVARIANT_ID=server',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit(
      '/usr/bin/dockerd --host=fd:// --exec-opt native.cgroupdriver=systemd $OPTIONS',
      'EnvironmentFile=-/etc/sysconfig/docker\n',
    ),
    environment: 'OPTIONS="--selinux-enabled \\\n  --live-restore"',
  },
  amazon2023: {
    osRelease: 'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPRETTY_NAME="Amazon Linux 2023.6"',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit(
      '/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $OPTIONS $DOCKER_STORAGE_OPTIONS $DOCKER_ADD_RUNTIMES',
      'EnvironmentFile=-/etc/sysconfig/docker\n',
    ),
    environment: 'OPTIONS="--default-ulimit nofile=32768:65536"',
  },
  sles: {
    osRelease:
      'NAME="SLES"\nVERSION="15-SP6"\nVERSION_ID="15.6"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP6"\nID="sles"\nID_LIKE="suse"',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit(
      '/usr/bin/dockerd --add-runtime oci=/usr/sbin/runc $DOCKER_NETWORK_OPTIONS $DOCKER_OPTS',
      'EnvironmentFile=/etc/sysconfig/docker\n',
    ),
    environment: '## Type: string\nDOCKER_OPTS=""',
  },
  leap: {
    osRelease:
      'NAME="openSUSE Leap"\nVERSION="15.6"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n' +
      'PRETTY_NAME="openSUSE Leap 15.6"',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit('/usr/bin/dockerd --add-runtime oci=/usr/sbin/runc $DOCKER_OPTS'),
  },
  tumbleweed: {
    osRelease:
      'NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20261101"\n' +
      'PRETTY_NAME="openSUSE Tumbleweed"',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit('/usr/bin/dockerd $DOCKER_OPTS'),
  },
  arch: {
    osRelease: 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: dockerCe,
  },
  manjaro: {
    osRelease: 'NAME="Manjaro Linux"\nPRETTY_NAME="Manjaro Linux"\nID=manjaro\nID_LIKE=arch',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: dockerCe,
  },
  alpine: {
    osRelease: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"',
    init: 'openrc',
    dockerd: '/usr/bin/dockerd',
    confD: '# /etc/conf.d/docker: config file for /etc/init.d/docker\nDOCKER_OPTS="--label rack=3 --mtu 1400"',
  },
  flatcar: {
    osRelease:
      'NAME="Flatcar Container Linux by Kinvolk"\nID=flatcar\nID_LIKE=coreos\nVERSION=4081.2.0\nVERSION_ID=4081.2.0\n' +
      'PRETTY_NAME="Flatcar Container Linux by Kinvolk 4081.2.0"',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit(
      '/usr/bin/env PATH=${TORCX_BINDIR}:${PATH} ${TORCX_BINDIR}/dockerd --host=fd:// ' +
        '--containerd=/var/run/docker/libcontainerd/docker-containerd.sock $DOCKER_SELINUX $DOCKER_OPTS',
    ),
  },
  fedoraCoreos: {
    osRelease:
      'NAME="Fedora Linux"\nVERSION="42.20251012 (CoreOS)"\nID=fedora\nVERSION_ID=42\nVARIANT="CoreOS"\n' +
      'VARIANT_ID=coreos\nPRETTY_NAME="Fedora CoreOS 42.20251012"',
    init: 'systemd',
    dockerd: '/usr/bin/dockerd',
    unit: vendorUnit('/usr/bin/dockerd --host=fd:// --exec-opt native.cgroupdriver=systemd \\\n          --default-runtime=runc $OPTIONS'),
  },
  boot2docker: {
    osRelease:
      'NAME=Boot2Docker\nVERSION=19.03.12\nID=boot2docker\nID_LIKE=tcl\nVERSION_ID=19.03.12\nPRETTY_NAME="Boot2Docker 19.03.12 (TCL 10.1)"',
    init: 'sysv',
    dockerd: '/usr/local/bin/dockerd',
  },
  gentoo: { osRelease: 'NAME=Gentoo\nID=gentoo\nPRETTY_NAME="Gentoo Linux"', init: 'openrc', dockerd: '/usr/bin/dockerd' },
} as const satisfies Record<string, SampleHost>;

const lines = (key: string, text: string) => text.split('\n').map((line) => `${key}|${line}`);

export interface Condition {
  readonly engine?: string;
  readonly containers?: number;
  readonly liveRestore?: boolean;
  readonly running?: boolean;
  readonly config?: string;
  readonly dropIns?: string;
  readonly extra?: readonly string[];
  readonly freeVar?: number;
}

/** What detect.sh prints on such a host: with an engine of that version, or without one. */
export function detection(host: SampleHost, condition: Condition = {}): string {
  const { engine, running = true } = condition;
  const there = engine !== undefined;
  return [
    'version|1',
    ...lines('os', host.osRelease),
    'arch|x86_64',
    'hostname|box',
    'clock|1700000000',
    'hosts|127.0.0.1 localhost',
    'address|2: eth0    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0',
    `free-var|${condition.freeVar ?? 9_000_000}`,
    'free-etc|9000000',
    `init|${host.init}`,
    ...(there ? [`engine|${host.dockerd}`, `engine-version|Docker version ${engine}, build 1`] : []),
    ...(there && host.unit !== undefined ? lines('unit', host.unit + (condition.dropIns ?? '')) : []),
    ...(host.environment === undefined ? [] : lines('env-file', host.environment)),
    ...(host.confD === undefined ? [] : lines('conf-d', host.confD)),
    ...(there && host.init === 'systemd'
      ? lines('state', `Id=docker.service\nLoadState=loaded\nActiveState=${running ? 'active' : 'inactive'}\nUnitFileState=enabled`)
      : []),
    ...(there && host.init !== 'systemd' && running ? ['service-active|yes'] : []),
    'config-file|/etc/docker/daemon.json',
    ...(condition.config === undefined ? [] : ['config-exists|yes', ...lines('config', condition.config)]),
    ...(there && running ? [`info|${engine}|${condition.containers ?? 0}|${condition.liveRestore ?? false}|overlay2`] : []),
    ...(condition.extra ?? []),
    'end|yes',
    '',
  ].join('\n');
}
