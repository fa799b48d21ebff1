import type { HostFacts } from '../provision/look/detect.js';
import { TsmachineError } from '../base/errors.js';
import { lines } from '../base/text.js';

interface Circumstances {
  readonly facts: HostFacts;
  readonly machine: string;
  readonly driver: string;
  /** The certificates were given, and are not the store's. */
  readonly given: boolean;
}

/** Why an engine cannot be adopted, with what the look at its host told, and the ways out. */
export function engineUnreachable(error: unknown, { facts, machine, driver, given }: Circumstances): unknown {
  if (!TsmachineError.is(error)) return error;
  const make = `tsmachine create -d ${driver} ... ${machine} (the same flags)`;
  if (error.code === 'ENGINE_TLS') {
    const whose = given ? 'the certificates given' : 'the certificates of this store';
    return new TsmachineError('ENGINE_TLS', `${error.message}. The engine does not go with ${whose}`, {
      cause: error,
      hint: [
        `Either bring its certificates from the store that made it: "tsmachine export ${machine} -o FILE" there and "tsmachine import FILE" here,`,
        `or "tsmachine adopt" with --ca, --cert and --key of that store. Or give the engine new ones, which restarts it: ${make}`,
      ].join('\n'),
    });
  }
  if (error.code !== 'ENGINE_UNREACHABLE') return error;
  if (!facts.engine)
    return new TsmachineError('ENGINE_MISSING', `There is no engine on the host of ${machine}`, {
      cause: error,
      hint: `Install one: ${make}`,
    });
  if (facts.firewall) {
    const { name, openCommand } = facts.firewall;
    return new TsmachineError(error.code, `${error.message}; ${name} is active on the host`, {
      cause: error,
      hint: `Open the port there: ${openCommand}`,
    });
  }
  return new TsmachineError(error.code, error.text, {
    cause: error,
    hint: lines([error.hint, `If the engine has no port open, this opens one and restarts it: ${make}`]),
  });
}
