import { TsmachineError } from '../base/errors.js';
import { isHostName } from '../base/forms.js';

export interface GuestHostKey {
  /** OpenSSH's own format. */
  readonly private: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly public: string;
}

/** A folder of the hypervisor's that the guest mounts at every boot, if its kernel can. */
export interface GuestMount {
  /** What the hypervisor calls it. */
  readonly source: string;
  /** Absolute path in the guest. */
  readonly path: string;
  /** Kind of file system. */
  readonly type: string;
  readonly options: readonly string[];
}

export interface GuestSettings {
  /** See `guestHostName`. */
  readonly hostname: string;
  /** The login: made unless it is `root`; it may do everything by sudo, without a password. */
  readonly user: string;
  /** Public keys, one line each. */
  readonly authorizedKeys: readonly string[];
  /** The ed25519 key the guest shall have, so that it is known before the first contact. */
  readonly hostKey: GuestHostKey;
  /** Packages of the guest's own distribution that are installed during the first boot, such as `docker.io`. */
  readonly packages?: readonly string[];
  readonly mounts?: readonly GuestMount[];
}

/** The engine of Debian and Ubuntu, to be installed by the guest itself. */
export const enginePackages = ['docker.io'];

/**
 * The `user-data` of a guest: `#cloud-config` in JSON, which is YAML. It holds the host's private key: whoever reads it can pass for the guest.
 * @throws TsmachineError FLAG_INVALID for a host or login name that a guest cannot have
 */
export function userData(settings: GuestSettings): string {
  const { hostname, user, authorizedKeys, hostKey, packages = [], mounts = [] } = settings;
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) throw unfit('login', user);
  if (!isHostName(hostname)) throw unfit('host name', hostname);
  const keys = authorizedKeys.map((key) => key.trim());
  return cloudConfig({
    hostname,
    prefer_fqdn_over_hostname: true,
    preserve_hostname: false,
    users: [user === 'root' ? { name: 'root', ssh_authorized_keys: keys } : sudoer(user, keys)],
    disable_root: user !== 'root',
    ssh_pwauth: false,
    // The image's own keys go; of ours alone the fingerprint is known, so no other is made.
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: ended(hostKey.private), ed25519_public: hostKey.public.trim() },
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
    write_files: [onlyThisSeed, ...mounts.map(fstabLine)],
    ...(mounts.length > 0 && { runcmd: mountCommands(mounts) }),
    ...(packages.length > 0 && { package_update: true, packages }),
  });
}

/** Later boots ask no cloud for its metadata, which costs minutes where there is none. */
const onlyThisSeed = {
  path: '/etc/cloud/cloud.cfg.d/99-tsmachine.cfg',
  content: 'datasource_list: [NoCloud]\n',
  permissions: '0644',
  owner: 'root:root',
};

/** cloud-init's own `mounts` takes every name without a slash for one of /dev. */
function fstabLine({ source, path, type, options }: GuestMount): Readonly<Record<string, unknown>> {
  // Mounted when somebody looks: where the kernel cannot, no boot ends with a failed unit.
  const fields = [source, path, type, ['nofail', 'x-systemd.automount', ...options].join(',')].map((field) =>
    field.replace(/[\s\\]/g, octal),
  );
  return { path: '/etc/fstab', append: true, content: `${fields.join(' ')} 0 0\n` };
}

/** A guest whose kernel does not know the file system goes on without the folder. */
function mountCommands(mounts: readonly GuestMount[]): string[][] {
  return [
    ...mounts.flatMap(({ path }) => [
      ['mkdir', '-p', path],
      ['mount', path],
    ]),
    ['true'],
  ];
}

/** As fstab(5) wants blanks. */
function octal(letter: string): string {
  return `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/**
 * `ssh NAME docker ps` works without sudo, as it always did on boot2docker. No group of the login's own name: for the login `docker` that
 * would be the engine's, and useradd refuses one that is there.
 */
function sudoer(name: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
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

function unfit(what: string, name: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', `${JSON.stringify(name)} cannot be the ${what} of a guest`);
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function cloudConfig(content: object): string {
  return `#cloud-config\n${JSON.stringify(content, undefined, 2)}\n`;
}
