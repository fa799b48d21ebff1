import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for one test; all of them go when the tests have ended. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsmachine-test-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
