import { TsmachineError } from '../base/errors.js';
import type { Session } from '../machine/session.js';

/** The docker command of this computer. */
export interface DockerClient {
  readonly version: string;
  /** The newest API that it speaks. */
  readonly api: string;
  /** The oldest API that it speaks. */
  readonly oldestApi: string;
}

/** No engine: the client is asked only about itself. */
const noEngine = 'unix:///nonexistent/docker.sock';

/** @throws TsmachineError COMMAND_MISSING without a docker client; COMMAND_FAILED when it does not print its version */
export async function readClient(session: Session): Promise<DockerClient> {
  const { run } = await import('../system/processes/exec.js');
  const { PATH, HOME } = session.env;
  const { stdout } = await run('docker', ['version', '--format', '{{.Client.Version}} {{.Client.DefaultAPIVersion}}'], {
    env: { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), DOCKER_HOST: noEngine },
    ok: [0, 1],
    timeout: 10_000,
    signal: session.signal,
  });
  const [, version = '', api = ''] = /^(\S+) (\d+\.\d+)\s*$/.exec(stdout) ?? [];
  if (api === '') throw new TsmachineError('COMMAND_FAILED', 'The docker client does not print its version');
  return { version, api, oldestApi: oldestApiOf(version) };
}

/** Clients since 29 speak nothing older than API 1.40; earlier ones went down to 1.24. */
function oldestApiOf(version: string): string {
  return Number.parseInt(version, 10) >= 29 ? '1.40' : '1.24';
}
