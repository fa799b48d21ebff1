import { TsmachineError } from '../../base/errors.js';
import { failureCode } from './tls-code.js';

export type Reason = 'refused' | 'timeout' | 'name' | 'no-route' | 'tls' | 'other';

const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  EHOSTDOWN: 'no-route',
  ENETDOWN: 'no-route',
};

/** Why an engine could not be reached, for code that decides by it: a firewall drops (timeout) or rejects (refused, no-route). */
export function reasonOf(error: unknown): Reason {
  if (!TsmachineError.is(error)) return 'other';
  if (error.code === 'ENGINE_TLS') return 'tls';
  return reasons[failureCode(error.cause)] ?? 'other';
}
