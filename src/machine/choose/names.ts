import type { Store } from '../../store/store.js';
import { TsmachineError } from '../../base/errors.js';
import { forms, longestHostName } from '../../base/forms.js';

/**
 * Checks the name of a machine that is not in the store yet; those that are may have any name that Docker Machine took.
 * @throws TsmachineError NAME_INVALID, in Docker Machine's words (docs/compatibility.md: Errors)
 */
export function validateName(name: string): void {
  if (forms.newMachineName.fits(name)) return;
  if (name.length > longestHostName) {
    throw new TsmachineError('NAME_INVALID', `Error creating machine: a name of ${name.length} characters is too long`, {
      hint: `It becomes the name of a host, which has at most ${longestHostName} characters`,
    });
  }
  if (forms.machineName.fits(name)) {
    throw new TsmachineError('NAME_INVALID', `Error creating machine: ${JSON.stringify(name)} cannot be the name of a host`, {
      hint: 'It must end with a letter or a digit, and each part between dots must begin and end with one',
    });
  }
  throw new TsmachineError(
    'NAME_INVALID',
    'Error creating machine: Invalid hostname specified. Allowed hostname chars are: 0-9a-zA-Z . -',
    {
      hint: `${JSON.stringify(name)} must begin with a letter or a digit and contain only these characters`,
    },
  );
}

/** Two names that differ only in case share a folder on macOS and Windows. @throws TsmachineError MACHINE_EXISTS */
export async function refuseOtherCase(store: Store, name: string): Promise<void> {
  const other = await store.sameNameOtherCase(name);
  if (other === undefined) return;
  throw new TsmachineError(
    'MACHINE_EXISTS',
    `Docker machine "${other}" already exists, and "${name}" differs only in upper and lower case`,
    {
      hint: 'Choose another name',
    },
  );
}
