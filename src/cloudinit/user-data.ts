import { TsmachineError } from '../core/errors.js';
import { isHostName } from './host-name.js';

export interface GuestHostKey {
  /** OpenSSH's own format. */
  readonly private: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly public: string;
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
}

/** The engine of Debian and Ubuntu, to be installed by the guest itself. */
export const enginePackages = ['docker.io'];

/**
 * The `user-data` of a guest: `#cloud-config` in JSON, which is YAML. It holds the host's private key: whoever reads it can pass for the guest.
 * @throws TsmachineError FLAG_INVALID for a host or login name that a guest cannot have
 */
export function userData(settings: GuestSettings): string {
  const { hostname, user, authorizedKeys, hostKey, packages = [] } = settings;
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
    write_files: [onlyThisSeed],
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

/**
 * `ssh NAME docker ps` works without sudo, as it always did on boot2docker. No group of the login's own name: for the login `docker` that
 * would be the engine's, and useradd refuses one that is there.
 */
function sudoer(name: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    name, shell: '/bin/bash', groups: ['docker'], no_user_group: true, lock_passwd: true, sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: keys,
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
