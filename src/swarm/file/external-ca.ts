import { forms } from '../../base/forms.js';
import type { ExternalCa } from '../model/declaration.js';

/**
 * Parses `protocol=cfssl,url=https://HOST/sign,cacert=FILE` and further options, like docker's --external-ca.
 * @returns what is wrong as "must ..." when the text is not valid
 */
export function parseExternalCa(text: string): ExternalCa | string {
  const fields = new Map<string, string>();
  for (const field of text.split(',')) {
    const [, key = '', value = ''] = /^([^=\s]+)=(.*)$/.exec(field.trim()) ?? [];
    if (key === '') return 'must be protocol=cfssl,url=https://HOST/sign and options as key=value, separated by commas';
    if (fields.has(key.toLowerCase())) return 'must have every key only once';
    fields.set(key.toLowerCase(), value);
  }
  const { protocol, url, cacert, ...options } = Object.fromEntries(fields);
  if (protocol !== 'cfssl') return 'must have protocol=cfssl: the engine supports no other';
  if (url === undefined || !url.startsWith('https://') || !forms.webUrl.fits(url)) return 'must have url=https://HOST/sign';
  return { protocol, url, ...(cacert === undefined ? {} : { caCertFile: cacert }), options };
}

export function externalCaFault(text: string): string | undefined {
  const parsed = parseExternalCa(text);
  return typeof parsed === 'string' ? parsed : undefined;
}
