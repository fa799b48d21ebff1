import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Context } from 'mocha';

import { skip } from '../../helpers/skip.js';
import { installMoto, NoPython } from './install.js';
import type {
  AccessKey,
  Behaviour,
  Call,
  Exhausted,
  Fault,
  KeptInstance,
  Limits,
  Policy,
  StateNote,
  Violation,
  WorldOptions,
} from './types.js';

export type * from './types.js';

/** The account of a world that names none. */
export const firstAccount = '111122223333';
export const firstKey: AccessKey = { id: 'AKIASTANDIN000000001', secret: 'stand-in-secret-of-the-first-account' };

/** EC2, STS and SSM of one or more accounts, in a process of its own. See README.md. */
export class Ec2StandIn {
  readonly url: string;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts anew with empty accounts; the journal is empty too. Takes some milliseconds. Calls that hang are cut off. */
  async reset(options: WorldOptions = {}): Promise<void> {
    await this.#say('reset', options);
  }

  /** Changes how the cloud behaves from now on. */
  async behave(behaviour: Behaviour): Promise<void> {
    await this.#say('options', behaviour);
  }

  /** Adds faults; each counts the calls that come after it was added. The first that fits a call is played. */
  async fault(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) await this.#say('fault', fault);
  }

  async clearFaults(): Promise<void> {
    await this.#say('clear-faults', {});
  }

  /** Says what has no room from now on; an empty list ends it. */
  async exhaust(entries: readonly Exhausted[]): Promise<void> {
    await this.#say('exhaust', { entries });
  }

  async setLimits(limits: Limits, account: string = firstAccount): Promise<void> {
    await this.#say('limits', { account, limits });
  }

  /** Makes an access key expired, or valid again, or gives it other rights (`null`: all). */
  async changeKey(id: string, change: { readonly expired?: boolean; readonly policy?: Policy | null }): Promise<void> {
    await this.#say('key', { id, ...change });
  }

  /** A sorted line for everything that exists in all accounts and regions, but for what every region has by itself. */
  async inventory(): Promise<readonly string[]> {
    return (await this.#say<{ lines: string[] }>('inventory', {})).lines;
  }

  /** The calls since the reset, in order. @param after leaves out as many */
  async calls(after = 0): Promise<readonly Call[]> {
    return (await this.#say<{ calls: Call[] }>('journal', { after })).calls;
  }

  /** Requests since the reset that AWS's own model does not allow, or that the stand-in does not play. A suite has none. */
  async violations(): Promise<readonly Violation[]> {
    return (await this.#say<{ violations: Violation[] }>('violations', {})).violations;
  }

  async instances(): Promise<readonly KeptInstance[]> {
    return (await this.#say<{ instances: KeptInstance[] }>('instances', {})).instances;
  }

  /** Waits until so many calls of an action have come since the reset, or have been answered. @returns false after `seconds` */
  async calledUntil(action: string, { count = 1, answered = false, seconds = 30 } = {}): Promise<boolean> {
    return (await this.#say<{ came: boolean }>('wait', { action, count, answered, seconds })).came;
  }

  /** What instances did after the first `seen` notes; waits for something to tell. `reset`: the world is another one now. */
  async notes(seen: number, seconds = 30): Promise<{ readonly states: readonly StateNote[]; readonly reset: boolean }> {
    return this.#say('wait', { states: seen, seconds });
  }

  /** Moves an instance as nobody can from outside. `publicAddress`: null takes it away. */
  async setInstance(
    id: string,
    change: {
      readonly state?: StateNote['state'];
      readonly publicAddress?: string | null;
      readonly privateAddress?: string;
      readonly console?: string;
      readonly reason?: { readonly Code: string; readonly Message: string };
    },
  ): Promise<void> {
    await this.#say('set-instance', { id, ...change });
  }

  /** Takes a spot instance away, as its request says: terminated or stopped. */
  async reclaim(id: string): Promise<void> {
    await this.#say('reclaim', { id });
  }

  /** As somebody in the console. `forgotten`: it is not shown any more, as an hour later. */
  async deleteByHand(id: string, { forgotten = false } = {}): Promise<void> {
    await this.#say('delete-by-hand', { id, forgotten });
  }

  /** The environment in which every AWS SDK and our programs reach the stand-in and nothing else. @param dir an empty folder */
  env(dir: string, key: AccessKey = firstKey, region = 'us-east-1'): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: key.id,
      AWS_SECRET_ACCESS_KEY: key.secret,
      ...(key.token === undefined ? {} : { AWS_SESSION_TOKEN: key.token }),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(dir, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(dir, 'credentials'),
    };
  }

  /** What a client of the SDK takes. */
  client(key: AccessKey = firstKey, region = 'us-east-1') {
    return {
      region,
      endpoint: this.url,
      credentials: {
        accessKeyId: key.id,
        secretAccessKey: key.secret,
        ...(key.token === undefined ? {} : { sessionToken: key.token }),
      },
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await gone;
  }

  async #say<T>(verb: string, given: unknown): Promise<T> {
    const response = await fetch(`${this.url}/_control/${verb}`, { method: 'POST', body: JSON.stringify(given) });
    const answer = (await response.json()) as T;
    if (!response.ok) throw new Error(`the stand-in for EC2: ${JSON.stringify(answer)}`);
    return answer;
  }
}

let started: Promise<Ec2StandIn> | undefined;

/** As `ec2StandIn`, where no suite is. @throws NoPython where Python or PyPI is missing */
export function startEc2StandIn(): Promise<Ec2StandIn> {
  return (started ??= start());
}

/**
 * The stand-in of this process, started by the first call and ended with the process; what the last test left is there until `reset`.
 * The suite is skipped where Python or PyPI is missing.
 * @param context the `this` of a `before` hook, with time for a first installation (a minute)
 */
export async function ec2StandIn(context: Context): Promise<Ec2StandIn> {
  context.timeout(600_000);
  try {
    return await startEc2StandIn();
  } catch (error) {
    if (error instanceof NoPython) return skip(context, error.message);
    throw error;
  }
}

async function start(): Promise<Ec2StandIn> {
  const { program, modules } = await installMoto();
  const server = fileURLToPath(new URL('server.py', import.meta.url));
  // Only what it needs: no settings of AWS of whoever runs the tests.
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(program, [server], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = once(child, 'exit').then(([status]) => {
    throw new Error(`the stand-in for EC2 ended with status ${String(status)}`);
  });
  failed.catch(() => undefined); // it ends with the process
  const line = once(createInterface(child.stdout), 'line').then(([text]) => Number(text));
  const port = await Promise.race([line, failed]);
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
  return new Ec2StandIn(child, port);
}
