import { X509Certificate } from 'node:crypto';

import { errorText, TsmachineError } from '../../base/errors.js';
import type { Phase } from './attempt.js';
import { Silence } from './silence.js';
import { engineAddress } from './target.js';
import type { EngineTarget } from './target.js';
import { failureCode } from './tls-code.js';

export interface Failure {
  readonly target: EngineTarget;
  /** What was being done, as it stands in the message: `GET /version`. */
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
/** An alert with which a server turns down a client's certificate, in OpenSSL's naming. */
const refusal =
  /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|NO_CERTIFICATE|HANDSHAKE_FAILURE|DECRYPT_ERROR)$|^ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED$/;

/** True for the alert of a server that refuses our certificate. */
export function isRefusal(error: unknown): boolean {
  return refusal.test(failureCode(error));
}

/** Says in our words why a connection failed. Our own errors pass through. */
export function explain(error: unknown, failure: Failure): TsmachineError {
  if (TsmachineError.is(error)) return error;
  const code = failureCode(error);
  return (
    explainNetwork(error, code, failure) ??
    explainTls(error, code, failure) ??
    unreached(failure, errorText(error), `See whether the machine is up: tsmachine status ${failure.target.machine}`, error)
  );
}

function explainNetwork(error: unknown, code: string, failure: Failure): TsmachineError | undefined {
  const { machine } = failure.target;
  const at = engineAddress(failure.target);
  if (at.kind === 'unix') {
    if (code === 'ENOENT' || code === 'ECONNREFUSED')
      return unreached(failure, 'no engine listens on this socket', 'Start the engine: systemctl start docker', error);
    if (code === 'EACCES')
      return unreached(failure, 'no permission to use this socket', 'Become root, or a member of the group "docker".', error);
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
      `The host is up but no engine listens on port ${at.port}: tsmachine ssh ${machine} sudo systemctl status docker`,
      error,
    );
  }
  if (code === 'ETIMEDOUT' && failure.phase !== 'connecting') {
    return unreached(
      failure,
      `connected, but ${errorText(error)}`,
      `The engine may hang; look at its log: tsmachine ssh ${machine} sudo journalctl -u docker -n 50`,
      error,
    );
  }
  if (code === 'ETIMEDOUT') {
    return unreached(
      failure,
      error instanceof Silence ? error.message : 'no answer',
      `A firewall may block TCP port ${at.port}: open it for this computer, or see whether the machine is up: tsmachine status ${machine}`,
      error,
    );
  }
  if (unreachable.has(code)) {
    return unreached(
      failure,
      `there is no way to that host (${code})`,
      `See whether the machine is up and its address still right: tsmachine ip ${machine}`,
      error,
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    const what =
      failure.phase === 'answered' ? 'the connection was lost in the middle of the answer' : 'the connection was closed without an answer';
    return unreached(
      failure,
      what,
      `The engine may be restarting; try again, or look at its log: tsmachine ssh ${machine} sudo journalctl -u docker -n 50`,
      error,
    );
  }
  return undefined;
}

function explainTls(error: unknown, code: string, failure: Failure): TsmachineError | undefined {
  const { target } = failure;
  const regenerate = `tsmachine regenerate-certs ${target.machine}`;
  if (code === 'CERT_HAS_EXPIRED') {
    const ca = expiredOn(target.ca);
    if (ca !== undefined)
      return untrusted(
        failure,
        `the CA certificate expired on ${ca}`,
        'A new CA is needed: move certs/ca.pem and certs/ca-key.pem away and run: ' +
          `tsmachine regenerate-certs --client-certs ${target.machine}`,
        error,
      );
    return untrusted(failure, "the engine's certificate has expired", regenerate, error);
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return untrusted(
      failure,
      "the engine's certificate is not valid yet",
      'The clock of this computer or of the one that made the certificate is wrong.',
      error,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const at = engineAddress(target);
    const host = at.kind === 'tcp' ? at.host : at.text;
    return untrusted(
      failure,
      `the engine's certificate is not made for "${host}" but for: ${namesOf(error)}`,
      `Did the machine's address change? ${regenerate}`,
      error,
    );
  }
  if (foreignCa.has(code)) {
    return untrusted(
      failure,
      "the engine's certificate is not signed by this store's CA",
      `If this is the right machine: ${regenerate}`,
      error,
    );
  }
  if (refusal.test(code)) {
    const end = expiredOn(target.cert);
    const why = end === undefined ? 'it does not trust the CA that signed it' : `it expired on ${end}`;
    return untrusted(
      failure,
      `the engine refuses our client certificate: ${why}`,
      `tsmachine regenerate-certs --client-certs ${target.machine}`,
      error,
    );
  }
  if (notTls.has(code)) {
    return untrusted(
      failure,
      'what answers there does not speak TLS',
      `The engine listens without TLS, or the port belongs to another program. Secure it: tsmachine provision ${target.machine}`,
      error,
    );
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO')
    return untrusted(failure, errorText(error), regenerate, error);
  return undefined;
}

/** The day on which the first certificate of a PEM text ended; undefined while it is valid. */
function expiredOn(pem: string): string | undefined {
  const end = new Date(new X509Certificate(pem).validTo);
  return end < new Date() ? end.toISOString().slice(0, 10) : undefined;
}

function namesOf(error: unknown): string {
  const cert = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names = typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  return typeof names === 'string' && names !== '' ? names.replace(/(?:DNS|IP Address):/g, '') : 'no name at all';
}

function unreached(failure: Failure, why: string, hint: string, cause: unknown): TsmachineError {
  return new TsmachineError('ENGINE_UNREACHABLE', `${opening(failure)}: ${why}`, { hint, cause });
}

function untrusted(failure: Failure, why: string, hint: string, cause: unknown): TsmachineError {
  return new TsmachineError('ENGINE_TLS', `${opening(failure)}: ${why}`, { hint, cause });
}

/** `Cannot reach the engine of "m1" at 10.0.0.1:2376 (GET /version)`, the beginning of every such message. */
function opening({ target, operation }: Failure): string {
  return `Cannot reach the engine of "${target.machine}" at ${engineAddress(target).text} (${operation})`;
}
