import { readFile } from 'node:fs/promises';

import { TsmachineError, whyUnusable } from '../base/errors.js';
import type { Session } from '../machine/session.js';

export const passphraseVariable = 'TSMACHINE_PASSPHRASE';

interface Source {
  /** A file whose first line is the passphrase. */
  readonly file?: string | undefined;
}

/**
 * The passphrase for a new export: from the file, from TSMACHINE_PASSPHRASE, or asked twice. Undefined when none of these is requested.
 * @throws TsmachineError ARCHIVE_PASSPHRASE for an empty one, two that differ, and where nobody can be asked
 */
export async function newPassphrase(session: Session, { file, ask }: Source & { readonly ask: boolean }): Promise<string | undefined> {
  const given = await givenPassphrase(session, { file });
  if (given !== undefined || !ask) return given;
  const first = await askPassphrase(session, 'Passphrase for the export: ');
  if ((await askPassphrase(session, 'The same passphrase again: ')) === first) return first;
  throw new TsmachineError('ARCHIVE_PASSPHRASE', 'The two passphrases differ', { hint: 'Nothing was exported' });
}

/** The passphrase of an existing export, from the same places; asked once. */
export async function knownPassphrase(session: Session, source: Source): Promise<string> {
  return (await givenPassphrase(session, source)) ?? askPassphrase(session, 'Passphrase of the export: ');
}

async function givenPassphrase(session: Session, { file }: Source): Promise<string | undefined> {
  if (file !== undefined) return nonEmpty((await read(file)).split(/\r?\n/)[0] ?? '', file);
  const set = session.env[passphraseVariable];
  return set === undefined || set === '' ? undefined : set;
}

async function askPassphrase(session: Session, question: string): Promise<string> {
  const answer = await session.io.secret(question);
  if (answer !== undefined) return nonEmpty(answer, 'the answer');
  throw new TsmachineError('ARCHIVE_PASSPHRASE', 'A passphrase is needed, and there is no terminal to ask for it', {
    hint: `Give it with --passphrase-file or in ${passphraseVariable}`,
  });
}

function nonEmpty(passphrase: string, where: string): string {
  if (passphrase !== '') return passphrase;
  throw new TsmachineError('ARCHIVE_PASSPHRASE', `The passphrase is empty (${where})`);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new TsmachineError('ARCHIVE_PASSPHRASE', `Cannot read the passphrase from ${file}: ${whyUnusable(error)}`, { cause: error });
  }
}
