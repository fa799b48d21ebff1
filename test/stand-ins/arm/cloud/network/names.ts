import { ArmError } from '../../front/errors.js';

/** Names of everything in networks. @throws ArmError InvalidResourceName */
export function checkNetworkName(name: string): void {
  if (/^\w(?:[\w.-]{0,78}\w)?$/.test(name)) return;
  throw new ArmError(
    400,
    'InvalidResourceName',
    `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end ` +
      "with a word character or with '_'. The name may contain word characters or '.', '-', '_'.",
  );
}
