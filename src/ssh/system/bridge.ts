import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';

import type { Client, Connection, ServerChannel } from 'ssh2';

import { newEd25519 } from '../../system/ed25519.js';

import { loadSsh2 } from '../dial/ssh2.js';
import type { SharedLogin } from './shared-login.js';
import { makeTemporaryFolder } from './temporary-folder.js';

/** The user who the client of a bridge is; its password is made for that one connection. */
const user = 'bridge';

/**
 * Puts a login of the system's ssh behind a client of ssh2: a server of ssh2 in this process hands each channel to a process of ssh that
 * uses the login. So all that works over ssh2 works over a connection that only the system's ssh can make.
 * @returns the client; once it is closed, call `release`
 */
export async function bridge(login: SharedLogin): Promise<{ client: Client; release: () => Promise<void> }> {
  const ssh2 = await loadSsh2();
  const password = randomBytes(24).toString('base64');
  const folder = await makeTemporaryFolder();
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\tsm-${randomBytes(12).toString('hex')}` : join(folder, 'b');
  const server = new ssh2.Server({ hostKeys: [newEd25519(user).private] }, (connection) => {
    serve(connection, login, password);
  });
  const client = new ssh2.Client();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    const ready = once(client, 'ready');
    client.connect({ sock: connectTo(path), username: user, password, readyTimeout: 0, keepaliveInterval: 0 });
    await ready;
  } catch (error) {
    client.destroy();
    await login.close();
    throw error;
  } finally {
    server.close(); // nobody else may come; the one connection stays
    await rm(folder, { recursive: true, force: true });
  }
  return { client, release: () => login.close() };
}

function serve(connection: Connection, login: SharedLogin, password: string): void {
  connection.on('error', () => undefined); // the client went first
  connection.on('authentication', (context) => {
    if (context.method === 'password' && context.password === password) context.accept();
    else context.reject(['password']);
  });
  const hand = (channel: ServerChannel, args: string[]): void => {
    handOver(channel, login, args, () => {
      connection.end();
    });
  };
  connection.on('session', (open) => {
    const session = open();
    session.on('exec', (accept, _reject, { command }) => {
      hand(accept(), login.commandArguments(command));
    });
    session.on('subsystem', (accept: () => ServerChannel, _reject: () => void, { name }: { name: string }) => {
      hand(accept(), login.subsystemArguments(name));
    });
  });
  connection.on('tcpip', (accept, _reject, { destIP, destPort }) => {
    hand(accept(), login.forwardArguments(destIP, destPort));
  });
}

/** The exit status of ssh's own failures; a command may end with it too. */
const ownFailure = 255;

/** Connects a channel with a process of ssh. @param lost called when the login behind it is gone */
function handOver(channel: ServerChannel, login: SharedLogin, args: readonly string[], lost: () => void): void {
  // in a process group of its own: this program decides what Ctrl-C ends
  const child = spawn('ssh', args, { stdio: 'pipe', env: login.env, detached: true });
  child.stdin.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
  channel.on('error', () => undefined); // the same, the other way round
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  const end = (code: number): void => {
    if (channel.destroyed) return;
    channel.exit(code);
    channel.end();
  };
  child.once('error', () => {
    end(ownFailure);
  });
  child.once('close', (code) => {
    const status = code ?? ownFailure;
    if (status !== ownFailure) {
      end(status);
      return;
    }
    void login.alive().then((alive) => {
      if (alive) end(status);
      else lost();
    });
  });
  channel.once('close', () => {
    child.kill('SIGKILL'); // the shared login notices, and closes the command's streams
  });
}
