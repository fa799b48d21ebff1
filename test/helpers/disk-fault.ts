import fs from 'node:fs';

/** What happens to a write: nothing of it reaches the disk, or all of it does, and then its writer fails. */
export interface DiskFault {
  /** Of the writes of ledgers and configurations, counted from 0. */
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly code: 'ENOSPC' | 'EIO';
  /** Called when it happens. */
  readonly then?: () => void;
}

/** Runs `use` while one write fails. @returns whether it came to that, and what `use` threw */
export async function withDiskFault(fault: DiskFault, use: () => Promise<unknown>): Promise<{ happened: boolean; error: unknown }> {
  const { rename } = fs;
  let writes = 0;
  let happened = false;
  const failing = (from: fs.PathLike, to: fs.PathLike, done: fs.NoParamCallback) => {
    const isMeant = /(ledger|config)\.json$/.test(String(to)) && writes++ === fault.at;
    if (!isMeant) {
      rename(from, to, done);
      return;
    }
    happened = true;
    fault.then?.();
    const error = Object.assign(new Error(`${fault.code}: write`), { code: fault.code });
    if (fault.when === 'before') done(error);
    else
      rename(from, to, () => {
        done(error);
      });
  };
  fs.rename = failing as typeof rename;
  try {
    await use();
    return { happened, error: undefined };
  } catch (error) {
    return { happened, error };
  } finally {
    fs.rename = rename;
  }
}
