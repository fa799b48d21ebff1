import { behind, type Barrier } from '../provision/look/firewall.js';
import type { HostFacts } from '../provision/look/detect-host.js';
import { TsmachineError } from '../base/errors.js';
import { lines, run, say } from '../base/text.js';

interface Circumstances {
  readonly facts: HostFacts;
  readonly machine: string;
  readonly driver: string;
  /** The certificates were given, and are not the store's. */
  readonly given: boolean;
  /** The firewall of the host, when one is known to be in the way. */
  readonly barrier: Barrier | undefined;
}

/** The error for an engine that cannot be adopted, with what is known of its host, and what to do. */
export function engineUnreachable(error: unknown, { facts, machine, driver, given, barrier }: Circumstances): unknown {
  if (!TsmachineError.is(error)) return error;
  const create = say`${run('create', '-d', driver, '...', machine)} (with the same flags)`;
  if (error.code === 'ENGINE_TLS') {
    const whose = given ? 'the certificates given' : 'the certificates of this store';
    return new TsmachineError('ENGINE_TLS', say`${error.text}. The engine does not accept ${whose}`, {
      cause: error,
      hint: lines([
        say`Bring its certificates from the store that made it: "${run('export', machine, '-o', 'FILE')}" there,`,
        say`then "${run('import', 'FILE')}" here, or "${run('adopt')}" with --ca, --cert and --key of that store.`,
        say`Or give the engine new certificates, which restarts it: ${create}`,
      ]),
    });
  }
  if (error.code !== 'ENGINE_UNREACHABLE') return error;
  if (!facts.engine)
    return new TsmachineError('ENGINE_MISSING', `There is no engine on the host of ${machine}`, {
      cause: error,
      hint: say`Install one: ${create}`,
    });
  if (barrier) return behind(error, barrier);
  return new TsmachineError(error.code, error.text, {
    cause: error,
    hint: lines([error.hint, say`If the engine has no open port, this opens one and restarts the engine: ${create}`]),
  });
}
