import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer as createWebServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { machinePaths } from '../../../src/store/paths.js';
import { program, tsmachine, type CliOptions, type CliResult } from '../../helpers/cli.js';
import { firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';

/** The built command line as on a computer of its own, with credentials of the stand-in's first account. */
export class CommandLine {
  private constructor(
    readonly cloud: Ec2StandIn,
    readonly dir: string,
    readonly more: Readonly<Record<string, string>>,
  ) {}

  /** @param more variables of its environment */
  static async open(cloud: Ec2StandIn, more: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
    return new CommandLine(cloud, await mkdtemp(join(tmpdir(), 'tsmachine-ec2-')), more);
  }

  get store(): string {
    return join(this.dir, 'store');
  }

  get env(): Record<string, string> {
    const own = { TSMACHINE_STATE_DIR: join(this.dir, 'state'), HOME: this.dir };
    return { ...this.cloud.env(this.dir, firstKey, 'eu-central-1'), ...own, ...this.more };
  }

  run(args: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> {
    return tsmachine(args, { store: this.store, ...options, env: { ...this.env, ...options.env } });
  }

  /** Runs it until it prints this, and ends it as Ctrl-C does. @returns all that it printed */
  async until(words: RegExp, args: readonly string[], link?: string): Promise<string> {
    const [file = '', ...rest] = [...(link === undefined ? [process.execPath, program] : [link]), ...args];
    const env = { ...process.env, MACHINE_STORAGE_PATH: this.store, SHELL: '/bin/bash', ...this.env };
    const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        if (words.test(text) && !child.killed) child.kill('SIGINT');
      });
    await once(child, 'close');
    if (!child.killed) throw new Error(`It never said ${String(words)}:\n${text}`);
    return text;
  }

  /** Takes the creation for done, as if the system of the stand-in's instance had come up. */
  async finished(name: string): Promise<void> {
    await rm(machinePaths(this.store, name).journal);
  }

  /** A link named `docker-machine`, as scripts of that program call it. */
  async dockerMachine(): Promise<string> {
    const link = join(this.dir, 'docker-machine');
    await symlink(program, link);
    return link;
  }

  async close(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** A service that tells callers their public address. */
export async function addressService(): Promise<{ readonly url: string; address: string; close(): Promise<void> }> {
  const service = { url: '', address: '203.0.113.5', close: () => Promise.resolve() };
  const server = createWebServer((_request, response) => void response.end(`${service.address}\n`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  service.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return service;
}

/** When the machine is made, and its system is waited for. */
export const isMade = /Waiting for machine to be running/;
