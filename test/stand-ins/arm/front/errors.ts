import type { Json } from '../world/json.js';

interface More {
  readonly target?: string;
  readonly details?: readonly Json[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as Azure Resource Manager answers it. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: More;

  constructor(status: number, code: string, message: string, more: More = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }

  get body(): Json {
    const { target, details } = this.more;
    return { code: this.code, message: this.message, ...(target === undefined ? {} : { target }), ...(details ? { details } : {}) };
  }
}

/** What the published types or the stand-in do not have: besides the refusal it is counted. */
export class Violated extends ArmError {}

export function invalidParameter(message: string, target?: string): ArmError {
  return new ArmError(400, 'InvalidParameter', message, target === undefined ? {} : { target });
}

export function missing(parameter: string): ArmError {
  return invalidParameter(`Required parameter '${parameter}' is missing (null).`, parameter);
}

export function notFound(type: string, name: string, group: string): ArmError {
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. ` +
      'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
  );
}

export function groupNotFound(group: string): ArmError {
  return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
}

/** What the network provider says of a resource that another one names. */
export function badReference(id: string, by: string): ArmError {
  return new ArmError(
    400,
    'InvalidResourceReference',
    `Resource ${id} referenced by resource ${by} was not found. ` +
      'Please make sure that the referenced resource exists, and that both resources are in the same region.',
  );
}
