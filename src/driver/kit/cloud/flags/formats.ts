import { isLoginName } from '../../../../base/forms.js';
import { networkOf } from '../../../../base/network/ip-network.js';

/** What a flag's value looks like. */
export interface Format {
  readonly fits: (word: string) => boolean;
  /** As the end of: must be ... */
  readonly form: string;
}

export const openPort: Format = { fits: isOpenPort, form: 'a port from 1 to 65535, alone or with /tcp or /udp' };
export const cidr: Format = { fits: (word) => networkOf(word) !== undefined, form: 'an address or a network such as 203.0.113.0/24' };
export const url: Format = { fits: (word) => /^https?:\/\/\S+$/.test(word) && URL.canParse(word), form: 'an http or https URL' };
export const endpoint: Format = { fits: isEndpoint, form: 'a URL or the name of a host, without a path' };
export const login: Format = { fits: isLoginName, form: 'the name of a user' };

function isOpenPort(word: string): boolean {
  const [, port = '0'] = /^(\d{1,5})(\/(tcp|udp))?$/.exec(word) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535;
}

function isEndpoint(word: string): boolean {
  const url = /^\w+:\/\//.test(word) ? word : `http://${word}`;
  return /^https?:/.test(url) && URL.canParse(url) && !/[\s@?#]/.test(word);
}
