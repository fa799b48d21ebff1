import { baseRules, checkFields, optional, text, type Rule } from '../../src/driver/kit/check.js';
import { TsmachineError } from '../../src/base/errors.js';
import { run } from '../../src/base/text.js';
import { baseData, textFlag } from '../../src/driver/kit/data.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';

/** `--url` to the `Driver` object; `IPAddress` keeps the port, as Docker Machine writes it (docs/compatibility.md: The none driver). */
export function parseConfig(input: ParseInput): DriverData {
  const url = textFlag(input.flags, 'url');
  if (url === '') {
    throw new TsmachineError('FLAG_MISSING', '--url option is required when no driver is selected', {
      hint: run('create', '-d', 'none', '--url', 'tcp://HOST:2376', input.machineName),
    });
  }
  return { ...baseData(input, { ip: hostOf(url) }), URL: url };
}

/** `IPAddress` is `HOST:PORT` here. */
export function checkConfig(data: DriverData): void {
  checkFields(data, { ...baseRules, IPAddress: optional(hostAndPort), URL: engineUrl });
}

const hostAndPort: Rule = (value) =>
  text(value) ??
  (engineUrl(`tcp://${value as string}`) === undefined && !(value as string).startsWith('-') ? undefined : 'is not HOST:PORT');

const engineUrl: Rule = (value) => {
  if (typeof value !== 'string') return 'is not a text';
  try {
    hostOf(value);
    return undefined;
  } catch {
    return 'is not the URL of an engine'; // the flag's own message names the flag
  }
};

/** GitLab Runner's guide makes a machine of `--url localhost`, only to have the certificates made; to Docker Machine any word was a URL. */
const bareWord = /^[a-z0-9][a-z0-9.-]*$/i;

function hostOf(url: string): string {
  const malformed = new TsmachineError('FLAG_INVALID', `--url ${JSON.stringify(url)} is not an engine URL`, {
    hint: 'Give it as tcp://HOST:PORT or unix:///PATH',
  });
  if (url.startsWith('unix:///') || bareWord.test(url)) return '';
  const match = /^tcp:\/\/(?<host>[^/?#@\s]+)$/.exec(url);
  // A tcp: address is read as http: so that the platform's own parser checks the host, the brackets and the port.
  if (!match?.groups?.['host'] || !URL.canParse(`http://${match.groups['host']}`)) throw malformed;
  return match.groups['host'];
}
