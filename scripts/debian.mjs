/** Debian packages that machines on this computer need, and their tests. Uses only Node's own modules, because it runs before `npm ci`. */
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runVisibly } from './test/processes.mjs';

/** A program of each package, or a path. It is enough that the program exists, whichever package it came from. */
export const forHosts = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  ip: 'iproute2',
  iptables: 'iptables',
  ssh: 'openssh-client',
};
export const forTests = {
  ...forHosts,
  sshd: 'openssh-server',
  openssl: 'openssl',
  busybox: 'busybox-static',
  ps: 'procps',
  script: 'bsdutils',
  strace: 'strace',
  tmux: 'tmux',
  zsh: 'zsh',
  fish: 'fish',
  tcsh: 'tcsh',
  git: 'git',
  rsync: 'rsync',
  sshfs: 'sshfs',
  xorriso: 'xorriso',
  isoinfo: 'genisoimage',
  bsdtar: 'libarchive-tools',
  'qemu-img': 'qemu-utils',
  '/usr/bin/python3': 'python3-minimal',
  // what python3-venv brings and nothing else: without it there may be no pip
  '/usr/share/python-wheels': 'python3-venv',
  ...pythonModules('configobj', 'jsonpatch', 'jsonschema', 'oauthlib', 'requests', 'yaml'),
};

/** What virtual machines from our own disk need in addition. */
export const forGuests = {
  'qemu-system-x86_64': 'qemu-system-x86',
  sfdisk: 'fdisk',
  'mkfs.ext4': 'e2fsprogs',
  losetup: 'mount',
  setpriv: 'util-linux',
  dnsmasq: 'dnsmasq-base',
};

/** What cloud-init needs to check a file. Its own package is never installed, because it would set up this computer: tests unpack it. */
function pythonModules(...names) {
  return Object.fromEntries(names.map((name) => [`/usr/lib/python3/dist-packages/${name}`, `python3-${name}`]));
}

const folders = [...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The packages whose programs are missing here. */
export function missingPackages(wanted) {
  return Object.entries(wanted)
    .filter(([program]) => !isThere(program))
    .map(([, name]) => name);
}

/** Whether a program is in PATH or in Debian's folders for the administrator. A path is looked for itself, also as a Python module. */
export function isThere(program) {
  if (program.startsWith('/')) return existsSync(program) || existsSync(`${program}.py`);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The command that installs these packages. */
export function installCommand(names) {
  return `sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

/**
 * Installs what is missing when this is root on a Debian-like system.
 * @returns the packages that are still missing
 */
export async function ensureDebianPackages(wanted) {
  const names = missingPackages(wanted);
  if (names.length === 0 || process.getuid?.() !== 0 || !isThere('apt-get')) return names;
  console.log(`Installing Debian packages: ${names.join(' ')}`);
  await withoutServiceStart(async () => {
    if (!listsAreThere()) await aptGet('update');
    if ((await install(names)) !== 0) {
      await aptGet('update');
      await install(names);
    }
  });
  return missingPackages(wanted);
}

function install(names) {
  return aptGet('install', '-y', '--no-install-recommends', ...names);
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return runVisibly('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, timeout: 600_000 });
}

function listsAreThere() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('_Packages') || name.includes('_Packages.'));
}

/** Tests need the SSH server's program, not a server that runs on this computer. Debian asks policy-rc.d before it starts one. */
async function withoutServiceStart(use) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return use();
  const remove = () => {
    rmSync(policy, { force: true });
  };
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('exit', remove);
  try {
    return await use();
  } finally {
    remove();
    process.off('exit', remove);
  }
}
