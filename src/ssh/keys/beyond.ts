import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

import { statIfExists } from '../../system/files/if-exists.js';

import type { HostSettings } from '../system/user-config.js';
import { agentSocket } from './agent.js';

/**
 * What the user could log in with and ssh2 cannot: certificates of keys, and keys on security keys (FIDO), as files or in the agent.
 * @returns each for people; empty when the system's ssh could not offer more either
 */
export async function beyondBuiltIn(
  keyPath: string | undefined,
  settings: HostSettings | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const files = keyPath === undefined ? (settings?.identityFiles ?? []) : [keyPath];
  const certificates = [...files.map((file) => `${file}-cert.pub`), ...(settings?.certificateFiles ?? [])];
  const found: string[] = [];
  for (const file of new Set(certificates)) if (await exists(file)) found.push(`the certificate ${file}`);
  for (const file of new Set(files)) if (await isSecurityKey(file)) found.push(`the security key ${file}`);
  // a key that was named is offered alone
  const socket = keyPath === undefined ? agentSocket(settings?.identityAgent, env) : undefined;
  return socket === undefined ? found : [...found, ...(await agentKinds(socket, env))];
}

async function exists(file: string): Promise<boolean> {
  return (await statIfExists(file).catch(() => undefined))?.isFile() === true;
}

/** Whether the file, or the public half beside it, is a key of a kind that begins with `sk-` (openssh PROTOCOL.u2f). */
async function isSecurityKey(file: string): Promise<boolean> {
  for (const half of [`${file}.pub`, file]) {
    const text = (await exists(half)) ? await readFile(half, 'latin1').catch(() => '') : '';
    const body = /BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
    if (/^sk-/.test(text) || (body !== undefined && Buffer.from(body, 'base64').includes('sk-'))) return true;
  }
  return false;
}

/** What `ssh-add` lists of these kinds. */
function agentKinds(socket: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  return new Promise((resolve) => {
    execFile('ssh-add', ['-L'], { env: { ...env, SSH_AUTH_SOCK: socket }, timeout: 3000, encoding: 'utf8' }, (_error, stdout) => {
      const types = stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
      resolve([...new Set(types.filter((type) => /^sk-|-cert-v01@/.test(type)))].map((type) => `a key of the agent (${type})`));
    });
  });
}
