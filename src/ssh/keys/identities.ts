import { basename, dirname, join } from 'node:path';

import type { AnyAuthMethod, ParsedKey } from 'ssh2';

import { TsmachineError } from '../../base/errors.js';
import type { Io } from '../../base/io.js';

import { agentSigners, agentSocket, singleKeyAgent, type Signer } from './agent.js';
import { publicKeyFile, readKeyFile, type KeyFile } from './key-file.js';
import { fingerprint } from '../trust/known-hosts.js';
import { quote } from '../../base/quote.js';
import { sshFolder, type HostSettings } from '../system/user-config.js';

/** A key to log in with, and its name in error messages. */
export interface Identity {
  readonly label: string;
  readonly method: AnyAuthMethod;
}

export interface IdentityRequest {
  readonly user: string;
  /** The only key to offer. */
  readonly keyPath?: string | undefined;
  /** Also offer the agent's and the default keys after `keyPath`: for jump hosts, whose key nobody named. */
  readonly alsoOfferOthers?: boolean;
  readonly settings: HostSettings | undefined;
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  /** Asks a person while the time limit of the connection is paused. */
  readonly withClockStopped: <T>(ask: () => Promise<T>) => Promise<T>;
}

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
/** What `ssh -G` lists when the configuration names no key: defaults that nobody chose. */
const sshDefaults = new Set([...defaultKeys, 'id_ecdsa_sk', 'id_ed25519_sk', 'id_xmss', 'id_dsa']);

/**
 * The keys to offer, best first. A key named by a flag is offered alone, because servers hang up after a few wrong keys.
 * Without one: the keys of `~/.ssh/config`, those of the agent, then the default files.
 * @throws TsmachineError SSH_KEY_* for a key that was named and cannot be used.
 */
export async function identities(request: IdentityRequest): Promise<Identity[]> {
  const chosen = request.keyPath === undefined ? [] : [await readKeyFile(request.keyPath)];
  const alone = chosen.length > 0 && request.alsoOfferOthers !== true;
  // the agent is asked only when it may be needed, because that costs a connection
  const signers = alone && chosen.every((file) => !file.encrypted) ? [] : await signersOf(request);
  const files = alone ? chosen : [...chosen, ...(await configuredFiles(request))];
  const left = new Set(signers);
  const result: Identity[] = [];
  const add = async (file: KeyFile): Promise<void> => {
    const held = signers.find((signer) => isSame(signer, file));
    if (held !== undefined) left.delete(held);
    if (held !== undefined && file.encrypted) result.push(await fromAgent(request.user, held));
    else if (!file.agentOnly) result.push(await fromFile(request, file));
  };
  for (const file of files) await add(file);
  if (alone) return result;
  if (request.settings?.identitiesOnly !== true) for (const signer of left) result.push(await fromAgent(request.user, signer));
  const offered = new Set(files.map((file) => file.path));
  for (const file of await defaultFiles(request))
    if (!offered.has(file.path) && ![...left].some((signer) => isSame(signer, file))) await add(file);
  return result;
}

function isSame(signer: Signer, file: KeyFile): boolean {
  return file.public !== undefined && signer.key.getPublicSSH().equals(file.public.getPublicSSH());
}

async function signersOf({ settings, env }: IdentityRequest): Promise<Signer[]> {
  const socket = agentSocket(settings?.identityAgent, env);
  return socket === undefined ? [] : agentSigners(socket);
}

async function configuredFiles(request: IdentityRequest): Promise<KeyFile[]> {
  const folder = sshFolder(request.env);
  return usable(
    (request.settings?.identityFiles ?? []).filter((file) => dirname(file) !== folder || !sshDefaults.has(basename(file))),
    request,
  );
}

async function defaultFiles(request: IdentityRequest): Promise<KeyFile[]> {
  const paths = defaultKeys.map((name) => join(sshFolder(request.env), name));
  const allowed = request.settings?.identityFiles ?? [];
  return usable(request.settings === undefined ? paths : paths.filter((path) => allowed.includes(path)), request);
}

/** Keys that no flag named: one that cannot be used is skipped, as ssh does. */
async function usable(paths: readonly string[], { io }: IdentityRequest): Promise<KeyFile[]> {
  const files: KeyFile[] = [];
  for (const path of paths) {
    try {
      const file = await readKeyFile(path);
      if (file.public !== undefined) files.push(file);
    } catch (error) {
      const half = await publicKeyFile(path);
      if (half !== undefined) files.push(half);
      const problem = TsmachineError.from(error);
      if (problem.code !== 'SSH_KEY_MISSING') io.debug(`${half === undefined ? 'Not offered' : 'Only from the agent'}: ${problem.message}`);
    }
  }
  return files;
}

async function fromAgent(user: string, signer: Signer): Promise<Identity> {
  return {
    label: `the agent's key ${describe(signer.key)}`,
    method: { type: 'agent', username: user, agent: await singleKeyAgent(signer) },
  };
}

async function fromFile(request: IdentityRequest, file: KeyFile): Promise<Identity> {
  const { user } = request;
  const label = file.public === undefined ? file.path : `${file.path} (${describe(file.public)})`;
  if (!file.encrypted) return { label, method: { type: 'publickey', username: user, key: file.open() } };
  if (file.public === undefined)
    return { label: file.path, method: { type: 'publickey', username: user, key: await unlock(request, file) } };
  // the passphrase is asked for only when the server says that it would accept this key
  let opened: Promise<ParsedKey> | undefined;
  const signer: Signer = {
    key: file.public,
    sign: async (data, options) => (await (opened ??= unlock(request, file))).sign(data, options.hash),
  };
  return { label, method: { type: 'agent', username: user, agent: await singleKeyAgent(signer) } };
}

async function unlock({ io, withClockStopped }: IdentityRequest, file: KeyFile): Promise<ParsedKey> {
  const passphrase = await withClockStopped(() => io.secret(`Passphrase of the SSH key ${file.path}: `));
  if (passphrase === undefined) {
    throw new TsmachineError(
      'SSH_KEY_PASSPHRASE',
      `The SSH key ${file.path} is protected by a passphrase, and there is no terminal to ask for it`,
      {
        hint: `Add it to the agent once: ssh-add ${quote(file.path)}`,
      },
    );
  }
  return file.open(passphrase);
}

function describe(key: ParsedKey): string {
  const type = key.type
    .replace(/^ssh-/, '')
    .replace(/-sha2-nistp\d+$/, '')
    .toUpperCase();
  return `${key.comment === '' ? '' : `${key.comment} `}${type} ${fingerprint(key.getPublicSSH().toString('base64'))}`;
}
