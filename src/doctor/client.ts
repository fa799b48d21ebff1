import { TsmachineError } from '../base/errors.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';

/** The docker command of this computer. */
export interface DockerClient {
  readonly version: string;
  /** The newest API it speaks. */
  readonly api: string;
  readonly leastApi: string;
}

/** Never an engine: the client is asked about itself alone. */
const nowhere = 'unix:///nonexistent/docker.sock';

/** Whether there is a docker client; undefined when there is none or it does not say its version. */
export async function checkClient(session: Session, found: Findings): Promise<DockerClient | undefined> {
  const { run } = await import('../system/processes/exec.js');
  const { PATH, HOME } = session.env;
  const env = { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), DOCKER_HOST: nowhere };
  try {
    const { stdout } = await run('docker', ['version', '--format', '{{.Client.Version}} {{.Client.DefaultAPIVersion}}'], {
      env,
      ok: [0, 1],
      timeout: 10_000,
      signal: session.signal,
    });
    const [, version = '', api = ''] = /^(\S+) (\d+\.\d+)\s*$/.exec(stdout) ?? [];
    if (api === '') throw new TsmachineError('COMMAND_FAILED', 'The docker client does not say its version');
    found.ok('docker-client', `docker ${version}, API ${api}`);
    return { version, api, leastApi: leastApiOf(version) };
  } catch (error) {
    session.signal.throwIfAborted();
    const { code, message } = TsmachineError.from(error);
    const missing = code === 'COMMAND_MISSING';
    found.warning(
      'docker-client',
      missing ? 'There is no docker client on this computer' : message,
      'apt-get install docker-cli, or see https://docs.docker.com/engine/install/',
    );
    return undefined;
  }
}

/** Clients since 29 speak nothing older than API 1.40; those before went down to 1.24. */
function leastApiOf(version: string): string {
  return Number.parseInt(version, 10) >= 29 ? '1.40' : '1.24';
}
