import type { Store } from '../../store/store.js';
import { TsmachineError } from '../../base/errors.js';
import { forms, longestName } from '../../base/forms.js';

/** @throws TsmachineError NAME_INVALID, in Docker Machine's words (docs/compatibility.md: Errors) */
export function validateName(name: string): void {
  if (forms.machineName.fits(name)) return;
  if (name.length > longestName) {
    throw new TsmachineError('NAME_INVALID', `Error creating machine: a name of ${name.length} characters is too long`, {
      hint: `At most ${longestName} characters`,
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
