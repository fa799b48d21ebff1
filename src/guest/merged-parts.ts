import type { Part } from './archive.js';
import { guestConfig, type GuestSettings } from './user-data.js';

/**
 * The user data of a guest as parts that come after the user's own and are merged with it by cloud-init:
 * - the login is the default user, whatever form the user's `users` has, and thus gets the user's `ssh_authorized_keys` as well;
 * - lists are appended to the user's, and settings that are no more than our defaults give way to the user's;
 * - our login key, host key and host name are in force, whatever the user's data says.
 */
export function mergedParts(settings: GuestSettings): Part[] {
  const {
    hostname,
    fqdn = hostname,
    prefer_fqdn_over_hostname,
    preserve_hostname,
    users,
    disable_root,
    ssh_keys,
    ...rest
  } = guestConfig(settings);
  const { write_files, runcmd, packages, ...defaults } = rest;
  const { ssh_authorized_keys, ...login } = users[0];
  const inForce = {
    ...{ user: login, hostname, fqdn, prefer_fqdn_over_hostname, preserve_hostname, ssh_authorized_keys, ssh_keys },
    // The user may let root in; only we may not be kept out.
    ...(!disable_root && { disable_root }),
  };
  const lists = Object.entries({ write_files, runcmd, packages }).filter(([, list]) => list !== undefined);
  return [
    config('dict(no_replace)', { ...defaults, ...(disable_root && { disable_root }), ssh_authorized_keys: [], ssh_keys: {} }),
    ...(lists.length > 0 ? [config('dict(no_replace,recurse_list)+list(append)', Object.fromEntries(lists))] : []),
    setAside('ssh_authorized_keys', [
      ...isList('ssh_authorized_keys'),
      ...ssh_authorized_keys.map((value) => ({ op: 'add', path: '/ssh_authorized_keys/-', value })),
    ]),
    setAside(
      'ssh_keys',
      Object.entries(ssh_keys).map(([name, value]) => ({ op: 'add', path: `/ssh_keys/${name}`, value })),
    ),
    config('dict(replace)', inForce),
    bringBack('ssh_authorized_keys'),
    bringBack('ssh_keys'),
  ];
}

/*
 * cloud-init cannot merge dictionaries so that the later one wins, and where the user's value is not a list or dictionary at all (an
 * empty `ssh_authorized_keys:` is null) it drops what is merged into it. So ours is patched into the user's value, and the result is kept
 * aside. Then ours alone is put in its place, which always works, and at last the result is moved back. A patch that fails is skipped by
 * cloud-init as a whole; the patches fail only where the user's value has a wrong type, and then ours alone stays.
 */
function setAside(key: string, changes: readonly object[]): Part {
  return patch([...changes, { op: 'copy', from: `/${key}`, path: aside(key) }]);
}

function bringBack(key: string): Part {
  return patch([{ op: 'move', from: aside(key), path: `/${key}` }]);
}

/** Fails on a dictionary, which takes any index for one of its keys: there a second value does not move the first. */
function isList(key: string): object[] {
  const add = { op: 'add', path: `/${key}/0`, value: '' };
  return [add, add, { op: 'remove', path: `/${key}/1` }, { op: 'remove', path: `/${key}/0` }];
}

const aside = (key: string) => `/tsmachine_${key}`;

function patch(content: readonly object[]): Part {
  return { type: 'text/cloud-config-jsonp', content };
}

function config(merge: string, content: object): Part {
  return { type: 'text/cloud-config', merge, content };
}
