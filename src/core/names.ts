import type { Store } from '../store/store.js';
import { TsmachineError } from './errors.js';

const allowed = /^[a-zA-Z0-9][a-zA-Z0-9\-.]*$/;
/** Bytes a file name may have on the file systems people use; `.lock` and the like are added to it. */
const longest = 200;

/** @throws TsmachineError NAME_INVALID (spec 2.3) */
export function validateName(name: string): void {
  if (!allowed.test(name)) {
    throw new TsmachineError('NAME_INVALID', 'Error creating machine: Invalid hostname specified. Allowed hostname chars are: 0-9a-zA-Z . -', {
      hint: `${JSON.stringify(name)} must begin with a letter or a digit and hold nothing else`,
    });
  }
  if (name.length > longest) {
    throw new TsmachineError('NAME_INVALID', `Error creating machine: a name of ${name.length} characters is too long`, { hint: `At most ${longest} characters` });
  }
}

/** Two names that differ only in case are one folder on macOS and Windows, and one row in `ls`. @throws TsmachineError MACHINE_EXISTS */
export async function refuseOtherCase(store: Store, name: string): Promise<void> {
  const other = await store.sameNameOtherCase(name);
  if (other === undefined) return;
  throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${other}" already exists, and "${name}" differs from it only in upper and lower case`, {
    hint: 'Choose another name',
  });
}
