import { invalidParameter } from '../../front/errors.js';

/** Names of resources of Microsoft.Compute. @throws ArmError InvalidParameter */
export function checkComputeName(name: string): void {
  if (/^[^_\W][\w\-.]{0,79}$/.test(name) && !/[-.]$/.test(name)) return;
  const message = `The entity name 'name' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,79}(?<![-.])$.`;
  throw invalidParameter(message, 'name');
}

/** Names of machines that run Linux are host names too. */
export function checkMachineName(name: string): void {
  checkComputeName(name);
  if (name.length <= 64) return;
  throw invalidParameter(`The entity name 'vmName' is invalid: a name of a Linux machine cannot exceed 64 characters.`, 'vmName');
}
