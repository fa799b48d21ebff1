import { readTemplate } from '../../system/package.js';
import type { SshConnection } from '../../ssh/types.js';
import { errorText } from '../../base/errors.js';

/** The parameters of a program of the check. It gets them as variables with the prefix CHECK_. */
export type Parameters = Readonly<Record<'TOKEN' | 'SECONDS' | 'SELF' | 'FAMILIES' | 'TCP' | 'UDP' | 'ESP' | 'TARGETS', string>>;

/** Seconds after which the programs end by themselves, even if the connection is lost. */
export const lifetime = 20;
/** Milliseconds within which a listener must be ready. */
const startTimeout = 5000;

/**
 * Runs `listen` or `send` in perl or python3, whichever the host has.
 * @param onLine called with each line as soon as it arrives
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

/** A program on a host that reports which probes arrive there. */
export class Listener {
  readonly heard: string[] = [];
  /** Why it does not listen; known when `listening` has resolved. */
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
        this.absent ??= this.#ready() ? undefined : `the listening program on ${name} ended early`;
      },
      (error: unknown) => {
        this.absent = errorText(error);
      },
    );
  }

  /** Resolves when it listens, or when it has failed to. */
  async listening(): Promise<void> {
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, startTimeout).unref();
    });
    await Promise.race([this.#started, this.#ended, late]);
    if (!this.#ready()) this.absent ??= `the listening program did not start within ${startTimeout / 1000} s`;
  }

  /** Ends it and waits for the rest of its output. @throws TsmachineError REMOTE_COMMAND, SSH_LOST */
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
