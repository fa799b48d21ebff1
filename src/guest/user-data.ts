import { TsmachineError } from '../base/errors.js';
import type { Datasource, GuestHostKey } from '../base/guest.js';
import { isHostName } from '../base/forms.js';

/** A shared folder of the hypervisor that the guest mounts at every boot, if its kernel supports it. */
export interface GuestMount {
  /** Its name in the hypervisor. */
  readonly source: string;
  /** Absolute path in the guest. */
  readonly path: string;
  /** Type of the file system. */
  readonly type: string;
  readonly options: readonly string[];
}

export interface GuestSettings {
  /** See `guestHostName`. */
  readonly hostname: string;
  /** The login user: created unless it is `root`, with the right to use sudo without a password. */
  readonly user: string;
  /** Public keys, one line each. */
  readonly authorizedKeys: readonly string[];
  /** The guest's ed25519 host key, which is thus known before the first connection. */
  readonly hostKey: GuestHostKey;
  /** Packages of the guest's distribution to install during the first boot, such as `docker.io`. */
  readonly packages?: readonly string[];
  readonly mounts?: readonly GuestMount[];
  /** What cloud-init reads this from; default NoCloud. */
  readonly datasource?: Datasource;
}

/** The engine package of Debian and Ubuntu, which the guest installs itself. */
export const enginePackages = ['docker.io'];

/**
 * The `user-data` of a guest: `#cloud-config` in JSON, which is YAML. It contains the guest's private host key: anyone who can read it
 * can impersonate the guest.
 * @throws TsmachineError FLAG_INVALID for a host or login name that a guest cannot have
 */
export function userData(settings: GuestSettings): string {
  return `#cloud-config\n${JSON.stringify(guestConfig(settings), undefined, 2)}\n`;
}

/** The same as an object, in the terms of cloud-init's modules. */
export function guestConfig(settings: GuestSettings) {
  const { hostname, user, authorizedKeys, hostKey, packages = [], mounts = [], datasource = 'NoCloud' } = settings;
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) throw invalidName('login', user);
  if (!isHostName(hostname)) throw invalidName('host name', hostname);
  const keys = authorizedKeys.map((key) => key.trim());
  const files = [...(datasource === 'NoCloud' ? [onlyThisSeed] : []), ...mounts.map(fstabLine)];
  return {
    hostname,
    // Without it the name that a cloud gave the instance is preferred: ip-10-0-0-1.ec2.internal.
    ...(datasource !== 'NoCloud' && { fqdn: hostname }),
    prefer_fqdn_over_hostname: true,
    preserve_hostname: false,
    users: [user === 'root' ? { name: 'root', ssh_authorized_keys: keys } : sudoer(user, keys)] as const,
    disable_root: user !== 'root',
    ssh_pwauth: false,
    // The image's own host keys are deleted and no others are generated, because only ours is known in advance.
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: ended(hostKey.private), ed25519_public: hostKey.public.trim() },
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
    ...(files.length > 0 && { write_files: files }),
    ...(mounts.length > 0 && { runcmd: mountCommands(mounts) }),
    ...(packages.length > 0 && { package_update: true, packages }),
  };
}

/** Keeps later boots from asking for the metadata of other clouds, which takes minutes where there is none. */
const onlyThisSeed = {
  path: '/etc/cloud/cloud.cfg.d/99-tsmachine.cfg',
  content: 'datasource_list: [NoCloud]\n',
  permissions: '0644',
  owner: 'root:root',
};

/** cloud-init's own `mounts` treats every name without a slash as a device in /dev. */
function fstabLine({ source, path, type, options }: GuestMount): Readonly<Record<string, unknown>> {
  // Mounted on first access, so that a kernel without support for it does not cause a failed unit at boot.
  const fields = [source, path, type, ['nofail', 'x-systemd.automount', ...options].join(',')].map((field) =>
    field.replace(/[\s\\]/g, octal),
  );
  return { path: '/etc/fstab', append: true, content: `${fields.join(' ')} 0 0\n` };
}

/** A guest whose kernel does not support the file system continues without the folder. */
function mountCommands(mounts: readonly GuestMount[]): string[][] {
  return [
    ...mounts.flatMap(({ path }) => [
      ['mkdir', '-p', path],
      ['mount', path],
    ]),
    ['true'],
  ];
}

/** The escape that fstab(5) requires for spaces. */
function octal(letter: string): string {
  return `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/**
 * The user is in the group `docker`, so that `ssh NAME docker ps` works without sudo, as it always did on boot2docker. It gets no group
 * with its own name: for the user `docker` that group would exist already, and useradd would fail.
 */
function sudoer(name: string, keys: readonly string[]) {
  return {
    name,
    shell: '/bin/bash',
    groups: ['docker'],
    no_user_group: true,
    lock_passwd: true,
    sudo: 'ALL=(ALL) NOPASSWD:ALL',
    ssh_authorized_keys: keys,
  };
}

function invalidName(what: string, name: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', `${JSON.stringify(name)} cannot be the ${what} of a guest`);
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
