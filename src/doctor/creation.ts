import { quote } from '../base/quote.js';
import { readJournal } from '../store/journal.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';

/** A create that did not finish, with the command that finishes it. @returns whether the machine is whole */
export async function checkCreation(session: Session, found: Findings, name: string): Promise<boolean> {
  const journal = await readJournal(session.store.machine(name).journal);
  if (!journal) return true;
  const again = journal.command
    ? `tsmachine ${quote(...journal.command)}`
    : `tsmachine create -d ${journal.driver} ... ${name} (with the flags it had)`;
  const message = `Its creation stopped after step "${journal.done.at(-1) ?? 'none'}", begun ${journal.startedAt}`;
  found.warning('creation', message, `${again}; or, to undo it: tsmachine rm -y ${name}`);
  return false;
}
