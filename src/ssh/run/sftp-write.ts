import { Writable } from 'node:stream';

import type { SFTPWrapper } from 'ssh2';

/** Chunks of a file that may be in flight at once, so that a distant host does not cost a round trip for each. */
const mostInFlight = 16;

/** A stream that writes a new file over SFTP; it ends only when the host has closed the file. */
export function sftpWrite(sftp: SFTPWrapper, path: string): Writable {
  let handle: Buffer | undefined;
  let position = 0;
  let inFlight = 0;
  let failed: Error | undefined;
  let waiting: (() => void) | undefined;
  const waitFor = (most: number, done: (error?: Error) => void): void => {
    if (failed !== undefined || inFlight <= most) done(failed);
    else {
      waiting = () => {
        waitFor(most, done);
      };
    }
  };
  return new Writable({
    construct(done) {
      sftp.open(path, 'w', (error, opened) => {
        handle = opened;
        done(error ?? null);
      });
    },
    write(data: Buffer, _encoding, done) {
      if (handle === undefined) {
        done(new Error('The file is not open'));
        return;
      }
      inFlight += 1;
      sftp.write(handle, data, 0, data.length, position, (error) => {
        inFlight -= 1;
        failed ??= error ?? undefined;
        const next = waiting;
        waiting = undefined;
        next?.();
      });
      position += data.length;
      waitFor(mostInFlight, done);
    },
    final(done) {
      waitFor(0, done);
    },
    destroy(error, done) {
      if (handle === undefined) {
        done(error);
        return;
      }
      sftp.close(handle, (unclosed) => {
        done(error ?? unclosed ?? null);
      });
    },
  });
}
