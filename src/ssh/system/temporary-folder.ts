import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeProcessFolder, removeAbandoned } from '../../system/files/process-folder.js';

/** Where the files and sockets of this room lie. Short, because the path of a socket may have 104 characters. */
const start = () => join(tmpdir(), 'tsm-');

/** A private folder for the files and sockets of one connection; whoever made it removes it. */
export function makeTemporaryFolder(): Promise<string> {
  return makeProcessFolder(start());
}

/** Removes the folders that killed commands left behind. @param end ends the login whose socket may lie in one */
export function removeAbandonedFolders(end: (folder: string) => Promise<void>): Promise<void> {
  return removeAbandoned(start(), end);
}
