import type { Principal, Role } from '../types.js';
import { ArmError } from './errors.js';

function fits(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

export function allows(role: Role | undefined, action: string): boolean {
  if (role === undefined) return true;
  return role.actions.some((each) => fits(each, action)) && !(role.notActions ?? []).some((each) => fits(each, action));
}

/** Of a principal, made from its client id. */
export function objectId({ client }: Principal): string {
  return client.replace(/^[0-9a-f]{8}/, '0b9ec700');
}

/** @throws ArmError AuthorizationFailed */
export function mustBeAllowed(principal: Principal, action: string, scope: string): void {
  if (allows(principal.role, action)) return;
  throw new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${principal.client}' with object id '${objectId(principal)}' does not have authorization to perform action '${action}' ` +
      `over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** Of what a resource is joined to. @throws ArmError LinkedAuthorizationFailed */
export function mustBeAllowedToJoin(principal: Principal, link: { action: string; id: string }, by: { action: string; id: string }): void {
  if (allows(principal.role, link.action)) return;
  throw new ArmError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${principal.client}' with object id '${objectId(principal)}' has permission to perform action '${by.action}' on scope ` +
      `'${by.id}'; however, it does not have permission to perform action(s) '${link.action}' on the linked scope(s) '${link.id}' ` +
      '(respectively) or the linked scope(s) are invalid.',
  );
}
