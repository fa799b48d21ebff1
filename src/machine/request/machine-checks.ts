import { TsmachineError } from '../../base/errors.js';
import { forms, isPlainHttp, type Form } from '../../base/forms.js';
import type { FlagValues } from '../../base/flags.js';
import { installModes } from '../../base/machine.js';

interface Rule extends Form {
  readonly flag: string;
}

const rules: readonly Rule[] = [
  { flag: 'engine-label', ...forms.engineLabel },
  { flag: 'engine-opt', ...forms.engineOption },
  { flag: 'engine-env', ...forms.environment },
  { flag: 'engine-insecure-registry', ...forms.insecureRegistry },
  { flag: 'engine-registry-mirror', ...forms.webUrl },
  { flag: 'engine-install-url', ...forms.webUrl },
  { flag: 'engine-storage-driver', ...forms.storageDriver },
  { flag: 'engine-version', ...forms.engineVersion },
  { flag: 'engine-install', fits: (text) => installModes.some((mode) => mode === text), form: `one of ${installModes.join(', ')}` },
  { flag: 'tls-san', ...forms.tlsSan },
  { flag: 'swarm-host', fits: isListenAddress, form: 'tcp://HOST:PORT' },
  { flag: 'swarm-image', fits: (text) => /^[\w.:/@-]*$/.test(text), form: 'the name of an image' },
];

const plainScript = 'over plain http, anybody on the way can change the script, and the machine runs it as root';

/**
 * Checks the values of the flags that do not depend on the driver, before anything is touched.
 * @throws TsmachineError FLAG_INVALID naming flag and value
 */
export function checkMachineFlags(values: FlagValues): void {
  for (const { flag, fits, form } of rules) {
    const wrong = textsOf(values[flag]).find((text) => !fits(text));
    if (wrong !== undefined) throw new TsmachineError('FLAG_INVALID', `--${flag} ${JSON.stringify(wrong)} must be ${form}`);
  }
  const script = values['engine-install-url'];
  if (typeof script === 'string' && isPlainHttp(script) && values['engine-install-insecure'] !== true) {
    throw new TsmachineError('FLAG_INVALID', `--engine-install-url ${JSON.stringify(script)} must be an https URL: ${plainScript}`, {
      hint: 'Give an https URL, or allow this one with --engine-install-insecure',
    });
  }
  const discovery = String(values['swarm-discovery'] ?? '');
  if (discovery !== '' && !/[^:]*:\/\/.*/.test(discovery)) {
    throw new TsmachineError('FLAG_INVALID', `Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: ${discovery}`);
  }
}

function textsOf(value: FlagValues[string]): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? value : [];
}

function isListenAddress(text: string): boolean {
  const port = Number(/^tcp:\/\/[^\s/]+:(\d{1,5})$/.exec(text)?.[1] ?? 0);
  return text === '' || (port > 0 && port <= 65_535);
}
