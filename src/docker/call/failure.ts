import { X509Certificate } from 'node:crypto';

import { errorText, TsmachineError } from '../../base/errors.js';
import { run, say, type Text } from '../../base/text.js';
import type { Phase } from './attempt.js';
import { Silence } from './silence.js';
import { engineAddress } from './target.js';
import type { EngineTarget } from './target.js';
import { failureCode } from './tls-code.js';

export interface Failure {
  readonly target: EngineTarget;
  /** The operation, as the message names it: `GET /version`. */
  readonly operation: string;
  readonly phase: Phase;
}

const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const foreignCa = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);
const notTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'HPE_INVALID_CONSTANT',
]);
/** The TLS alerts with which a server refuses a client's certificate, as OpenSSL names them. */
const refusingAlerts = [
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_\\w+',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
  'NO_CERTIFICATE',
  'HANDSHAKE_FAILURE',
  'DECRYPT_ERROR',
];
const refusal = new RegExp(`^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(?:${refusingAlerts.join('|')})$`);

/** Whether the error is the alert of a server that refuses our certificate. */
export function isRefusal(error: unknown): boolean {
  return refusal.test(failureCode(error));
}

/** The error that says why a connection failed. A TsmachineError is returned unchanged. */
export function explain(error: unknown, failure: Failure): TsmachineError {
  if (TsmachineError.is(error)) return error;
  const code = failureCode(error);
  return (
    explainNetwork(error, code, failure) ??
    explainTls(error, code, failure) ??
    unreached(failure, errorText(error), say`Check whether the machine is running: ${run('status', failure.target.machine)}`, error)
  );
}

function explainNetwork(error: unknown, code: string, failure: Failure): TsmachineError | undefined {
  const { machine } = failure.target;
  const status = run('status', machine);
  const at = engineAddress(failure.target);
  if (at.kind === 'unix') {
    if (code === 'ENOENT' || code === 'ECONNREFUSED')
      return unreached(failure, 'no engine listens on this socket', 'Start the engine: systemctl start docker', error);
    if (code === 'EACCES') return unreached(failure, 'no permission to use this socket', 'Run as root, or join the group "docker".', error);
    return undefined;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return unreached(
      failure,
      `the name "${at.host}" cannot be resolved (${code})`,
      'Check the name and the DNS settings of this computer.',
      error,
    );
  }
  if (code === 'ECONNREFUSED') {
    return unreached(
      failure,
      'connection refused: cannot connect to the docker engine endpoint',
      say`The host is up, but no engine listens on port ${at.port}: ${run('ssh', machine, 'sudo', 'systemctl', 'status', 'docker')}`,
      error,
    );
  }
  if (code === 'ETIMEDOUT' && failure.phase !== 'connecting') {
    return unreached(
      failure,
      `connected, but ${errorText(error)}`,
      say`The engine may hang. To read its log: ${engineLog(machine)}`,
      error,
    );
  }
  if (code === 'ETIMEDOUT') {
    return unreached(
      failure,
      error instanceof Silence ? error.message : 'no answer',
      say`A firewall may block TCP port ${at.port}. Open it for this computer, or check whether the machine is running: ${status}`,
      error,
    );
  }
  if (unreachable.has(code)) {
    return unreached(
      failure,
      `there is no route to that host (${code})`,
      say`Check whether the machine is running and still has this address: ${run('ip', machine)}`,
      error,
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    const what =
      failure.phase === 'answered' ? 'the connection was lost in the middle of the answer' : 'the connection was closed without an answer';
    return unreached(failure, what, say`The engine may be restarting: try again, or read its log: ${engineLog(machine)}`, error);
  }
  return undefined;
}

function engineLog(machine: string): Text {
  return run('ssh', machine, 'sudo', 'journalctl', '-u', 'docker', '-n', '50');
}

function explainTls(error: unknown, code: string, failure: Failure): TsmachineError | undefined {
  const { target } = failure;
  const regenerate = run('regenerate-certs', target.machine);
  const regenerateClient = run('regenerate-certs', '--client-certs', target.machine);
  if (code === 'CERT_HAS_EXPIRED') {
    const ca = expiredOn(target.ca);
    if (ca !== undefined)
      return untrusted(
        failure,
        `the CA certificate expired on ${ca}`,
        say`A new CA is needed: move certs/ca.pem and certs/ca-key.pem away and run: ${regenerateClient}`,
        error,
      );
    return untrusted(failure, "the engine's certificate has expired", regenerate, error);
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return untrusted(
      failure,
      "the engine's certificate is not valid yet",
      'The clock of this computer, or of the one that made the certificate, is wrong.',
      error,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const at = engineAddress(target);
    const host = at.kind === 'tcp' ? at.host : at.text;
    return untrusted(
      failure,
      `the engine's certificate is not valid for "${host}" but for: ${namesOf(error)}`,
      say`If the machine's address has changed: ${regenerate}`,
      error,
    );
  }
  if (foreignCa.has(code)) {
    return untrusted(
      failure,
      "the engine's certificate is not signed by this store's CA",
      say`If this is the right machine: ${regenerate}`,
      error,
    );
  }
  if (refusal.test(code)) {
    const end = expiredOn(target.cert);
    const why = end === undefined ? 'it does not trust the CA that signed it' : `it expired on ${end}`;
    return untrusted(failure, `the engine refuses our client certificate: ${why}`, regenerateClient, error);
  }
  if (notTls.has(code)) {
    return untrusted(
      failure,
      'the server there does not use TLS',
      say`The engine listens without TLS, or another program uses the port. To secure the engine: ${run('provision', target.machine)}`,
      error,
    );
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO')
    return untrusted(failure, errorText(error), regenerate, error);
  return undefined;
}

/** The day on which the first certificate of a PEM text expired; undefined while it is valid. */
function expiredOn(pem: string): string | undefined {
  const end = new Date(new X509Certificate(pem).validTo);
  return end < new Date() ? end.toISOString().slice(0, 10) : undefined;
}

function namesOf(error: unknown): string {
  const cert = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names = typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  return typeof names === 'string' && names !== '' ? names.replace(/(?:DNS|IP Address):/g, '') : 'no name at all';
}

function unreached(failure: Failure, why: string, hint: Text, cause: unknown): TsmachineError {
  return new TsmachineError('ENGINE_UNREACHABLE', `${opening(failure)}: ${why}`, { hint, cause });
}

function untrusted(failure: Failure, why: string, hint: Text, cause: unknown): TsmachineError {
  return new TsmachineError('ENGINE_TLS', `${opening(failure)}: ${why}`, { hint, cause });
}

/** The beginning of every such message: `Cannot reach the engine of "m1" at 10.0.0.1:2376 (GET /version)`. */
function opening({ target, operation }: Failure): string {
  return `Cannot reach the engine of "${target.machine}" at ${engineAddress(target).text} (${operation})`;
}
