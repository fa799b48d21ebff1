import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';

import { loadSsh2 } from '../dial/ssh2.js';

/** A key together with a way to sign with it: the part of an agent that ssh2's login needs. */
export interface Signer {
  readonly key: ParsedKey;
  sign(data: Buffer, options: SigningRequestOptions): Promise<Buffer>;
}

/** The socket of the user's agent: IdentityAgent of `~/.ssh/config` first, then SSH_AUTH_SOCK, on Windows OpenSSH's pipe. */
export function agentSocket(
  configured: string | undefined,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (configured === 'none') return undefined;
  if (configured !== undefined && configured !== 'SSH_AUTH_SOCK') {
    return configured.startsWith('$') ? env[configured.slice(1).replace(/^\{(.*)\}$/, '$1')] : configured;
  }
  const socket = env['SSH_AUTH_SOCK'];
  if (socket !== undefined && socket !== '') return socket;
  return platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
}

/**
 * The keys of an agent. An agent that does not answer within `timeout` milliseconds counts as empty.
 * Keys of kinds ssh2 does not know (hardware keys) are left out.
 */
export async function agentSigners(socket: string, timeout = 3000): Promise<Signer[]> {
  const { createAgent, utils } = await loadSsh2();
  const agent = createAgent(socket);
  const keys = await new Promise<(ParsedKey | Buffer | string)[]>((resolve) => {
    const timer = setTimeout(() => {
      resolve([]);
    }, timeout);
    agent.getIdentities((error, found) => {
      clearTimeout(timer);
      resolve(
        error ? [] : (found ?? []).map((entry) => (typeof entry === 'object' && 'pubKey' in entry ? (entry.pubKey as ParsedKey) : entry)),
      );
    });
  });
  return keys.flatMap((entry) => {
    const key = utils.parseKey(entry);
    if (key instanceof Error) return [];
    return [{ key, sign: (data, options) => signWith(agent, key, data, options) }];
  });
}

function signWith(agent: BaseAgent, key: ParsedKey, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    agent.sign(key, data, options, (error, signature) => {
      if (error || signature === undefined) reject(error ?? new Error('The agent returned no signature'));
      else resolve(signature);
    });
  });
}

/** An agent for ssh2 with a single key. Each key is then one attempt of its own, in our order, and can be named in errors. */
export async function singleKeyAgent(signer: Signer): Promise<BaseAgent> {
  const { BaseAgent: Base } = await loadSsh2();
  class SingleKeyAgent extends Base {
    override getIdentities(callback: IdentityCallback): void {
      callback(null, [signer.key]);
    }

    override sign(_key: unknown, data: Buffer, options: SigningRequestOptions | SignCallback, callback?: SignCallback): void {
      const done = typeof options === 'function' ? options : callback;
      signer.sign(data, typeof options === 'function' ? {} : options).then(
        (signature) => {
          done?.(null, signature);
        },
        (error: unknown) => {
          done?.(error instanceof Error ? error : new Error(String(error)));
        },
      );
    }
  }
  return new SingleKeyAgent();
}
