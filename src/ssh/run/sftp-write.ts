import { Writable } from 'node:stream';

import type { SFTPWrapper } from 'ssh2';

/** How many pieces of a file may be under way at once: a far host must not cost one round trip for each. */
const mostUnderWay = 16;

/** Writes a new file over SFTP; ends only when the host has closed it. */
export function sftpWrite(sftp: SFTPWrapper, path: string): Writable {
  let handle: Buffer | undefined;
  let position = 0;
  let underWay = 0;
  let failed: Error | undefined;
  let waiting: (() => void) | undefined;
  const settle = (most: number, done: (error?: Error) => void): void => {
    if (failed !== undefined || underWay <= most) done(failed);
    else {
      waiting = () => {
        settle(most, done);
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
      underWay += 1;
      sftp.write(handle, data, 0, data.length, position, (error) => {
        underWay -= 1;
        failed ??= error ?? undefined;
        const next = waiting;
        waiting = undefined;
        next?.();
      });
      position += data.length;
      settle(mostUnderWay, done);
    },
    final(done) {
      settle(0, done);
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
