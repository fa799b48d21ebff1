import { readTemplate } from '../../system/package.js';
import type { SshConnection } from '../../ssh/types.js';
import { errorText } from '../../base/errors.js';

/** What a program of the check is given, as CHECK_ variables without that prefix. */
export type Parameters = Readonly<Record<'TOKEN' | 'SECONDS' | 'SELF' | 'FAMILIES' | 'TCP' | 'UDP' | 'ESP' | 'TARGETS', string>>;

/** Seconds after which the programs end by themselves, whatever becomes of the connection. */
export const lifetime = 20;
/** Milliseconds until a listener must listen. */
const startTimeout = 5000;

/**
 * Runs `listen` or `send` in the language the host has. Lines are told as they come.
 * @throws TsmachineError REMOTE_COMMAND, SSH_LOST, SUDO_*
 */
export async function runProgram(
  connection: SshConnection,
  program: 'listen' | 'send',
  parameters: Parameters,
  onLine: (line: string) => void,
): Promise<void> {
  const [perl, python] = await Promise.all([readTemplate(`swarm/${program}.pl`), readTemplate(`swarm/${program}.py`)]);
  const variables = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`CHECK_${name}`, value]));
  await connection.rootScript('swarm/probe.sh', { ...variables, PERL: perl, PYTHON: python }, { onLine, timeout: (lifetime + 5) * 1000 });
}

/** A program on a host that notes what arrives there. */
export class Listener {
  readonly heard: string[] = [];
  /** Why it does not listen; known once `listening` has resolved. */
  absent: string | undefined;
  readonly #connection: SshConnection;
  readonly #token: string;
  readonly #started: Promise<void>;
  readonly #ended: Promise<void>;

  constructor(connection: SshConnection, name: string, parameters: Parameters) {
    this.#connection = connection;
    this.#token = parameters.TOKEN;
    let ready: () => void = () => undefined;
    this.#started = new Promise((resolve) => {
      ready = resolve;
    });
    this.#ended = runProgram(connection, 'listen', parameters, (line) => {
      this.heard.push(line);
      if (line.startsWith('ready|')) ready();
      if (line === 'interpreter|none') this.absent = `neither perl nor python3 is on ${name}`;
    }).then(
      () => {
        this.absent ??= this.#ready() ? undefined : `its program ended on ${name}`;
      },
      (error: unknown) => {
        this.absent = errorText(error);
      },
    );
  }

  /** Resolves when it listens, or when it is known that it will not. */
  async listening(): Promise<void> {
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, startTimeout).unref();
    });
    await Promise.race([this.#started, this.#ended, late]);
    if (!this.#ready()) this.absent ??= `its program did not start within ${startTimeout / 1000} s`;
  }

  /** Ends it and waits for its last words. @throws TsmachineError REMOTE_COMMAND, SSH_LOST */
  async stop(): Promise<void> {
    const pid = this.heard.find((line) => line.startsWith('ready|'))?.slice('ready|'.length);
    if (pid === undefined) return;
    await this.#connection.rootScript('swarm/stop.sh', { CHECK_PID: pid, CHECK_TOKEN: this.#token }, { timeout: 5000 });
    await this.#ended;
  }

  #ready(): boolean {
    return this.heard.some((line) => line.startsWith('ready|'));
  }
}
