import { isIP } from 'node:net';

import { TsmachineError } from '../core/errors.js';
import type { FlagValues } from '../driver/contract.js';
import { installModes } from './create-flags.js';

interface Rule {
  readonly flag: string;
  readonly fits: (text: string) => boolean;
  readonly form: string;
}

const hostName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

const rules: readonly Rule[] = [
  { flag: 'engine-label', fits: (text) => /^[^\s=]+=/.test(text), form: 'key=value' },
  { flag: 'engine-opt', fits: (text) => /^[a-z0-9][\w.-]*(=|$)/i.test(text), form: 'flag=value, without leading dashes' },
  { flag: 'engine-env', fits: (text) => /^[a-z_]\w*=[^\0\n]*$/i.test(text), form: 'NAME=value' },
  { flag: 'engine-insecure-registry', fits: (text) => /^[^\s"']+$/.test(text), form: 'HOST[:PORT] or a CIDR range' },
  { flag: 'engine-registry-mirror', fits: isWebUrl, form: 'an http or https URL' },
  { flag: 'engine-install-url', fits: isWebUrl, form: 'an http or https URL' },
  { flag: 'engine-storage-driver', fits: (text) => /^[\w-]*$/.test(text), form: 'a name such as overlay2' },
  { flag: 'engine-version', fits: (text) => /^[\w.:+~-]*$/.test(text), form: 'a version such as 26.1' },
  { flag: 'engine-install', fits: (text) => installModes.some((mode) => mode === text), form: `one of ${installModes.join(', ')}` },
  { flag: 'tls-san', fits: (text) => isIP(text) > 0 || (text.length <= 253 && hostName.test(text)), form: 'a DNS name or an IP address' },
  { flag: 'swarm-host', fits: isListenAddress, form: 'tcp://HOST:PORT' },
  { flag: 'swarm-image', fits: (text) => /^[\w.:/@-]*$/.test(text), form: 'the name of an image' },
];

/** Checks what the shared flags of `create` hold, before anything is touched. @throws TsmachineError FLAG_INVALID naming flag and value */
export function checkCreateFlags(values: FlagValues): void {
  for (const { flag, fits, form } of rules) {
    const wrong = textsOf(values[flag]).find((text) => !fits(text));
    if (wrong !== undefined) throw new TsmachineError('FLAG_INVALID', `--${flag} ${JSON.stringify(wrong)} must be ${form}`);
  }
  const discovery = String(values['swarm-discovery'] ?? '');
  if (discovery !== '' && !/[^:]*:\/\/.*/.test(discovery)) {
    throw new TsmachineError('FLAG_INVALID', `Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: ${discovery}`);
  }
  const concurrency = values['concurrency'];
  if (typeof concurrency !== 'number' || concurrency < 1 || concurrency > 100) {
    throw new TsmachineError('FLAG_INVALID', `--concurrency must be a whole number from 1 to 100, not ${String(concurrency)}`);
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

function isWebUrl(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
}
