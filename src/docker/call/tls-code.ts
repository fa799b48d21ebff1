import { errorText, systemCode } from '../../base/errors.js';

/**
 * The code of a failed connection. When TLS fails while data is written, Node reports only EPROTO; OpenSSL's reason is then in the
 * message (`error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:...`) and is turned into the code that Node uses elsewhere.
 */
export function failureCode(error: unknown): string {
  const code = systemCode(error) ?? '';
  if (code !== 'EPROTO') return code;
  const reason = /error:[0-9A-F]{8}:SSL routines:[^:]*:([^:]+):/i.exec(errorText(error))?.[1];
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`;
}
