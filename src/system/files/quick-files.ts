import fs from 'node:fs';
import { Readable, Writable } from 'node:stream';

import type { FileCalls } from './file-calls.js';

/** Files up to this many bytes are read or written in one go. */
const small = 65_536;

type Done<T> = (error: Error | null, value: T) => void;

/** Answers in the next tick, so that thousands of calls in a row do not pile up on the stack. */
function soon<T>(work: () => T, done: Done<T>): void {
  let error: Error | null = null;
  let value = undefined as T;
  try {
    value = work();
  } catch (thrown) {
    error = thrown as Error;
  }
  process.nextTick(done, error, value);
}

/**
 * The file calls of this computer, fast for very many files: short operations are synchronous, because every trip to Node's thread pool
 * and back takes ten times as long. Large files are read and written as streams.
 */
export const quickFiles: FileCalls = {
  lstat: (path, answer) => {
    soon(() => fs.lstatSync(path), answer);
  },
  stat: (path, answer) => {
    soon(() => fs.statSync(path), answer);
  },
  readdir: (path, answer) => {
    fs.readdir(path, answer);
  },
  readlink: (path, answer) => {
    soon(() => fs.readlinkSync(path), answer);
  },
  realpath: (path, answer) => {
    fs.realpath(path, answer);
  },
  mkdir: (path, options, done) => {
    soon(() => {
      fs.mkdirSync(path, options);
    }, done);
  },
  chmod: (path, mode, done) => {
    soon(() => {
      fs.chmodSync(path, mode);
    }, done);
  },
  utimes: (path, accessed, modified, done) => {
    soon(() => {
      fs.utimesSync(path, accessed, modified);
    }, done);
  },
  symlink: (goal, path, done) => {
    soon(() => {
      fs.symlinkSync(goal, path);
    }, done);
  },
  link: (existing, path, done) => {
    soon(() => {
      fs.linkSync(existing, path);
    }, done);
  },
  unlink: (path, done) => {
    soon(() => {
      fs.unlinkSync(path);
    }, done);
  },
  createReadStream: (path, range) => {
    if (range.end < small) return readSmall(path, range.end + 1);
    return fs.createReadStream(path, { ...range, highWaterMark: 1 << 20 });
  },
  createWriteStream: writeSmallFirst,
};

/** @param most bytes to read at most: the file may have grown since its size was read */
function readSmall(path: string, most: number): Readable {
  return new Readable({
    read() {
      try {
        this.push(fs.readFileSync(path).subarray(0, most));
        this.push(null);
      } catch (error) {
        this.destroy(error as Error);
      }
    },
  });
}

function writeSmallFirst(path: string): Writable {
  let held: Buffer[] = [];
  let bytes = 0;
  let stream: fs.WriteStream | undefined;
  return new Writable({
    write(data: Buffer, _encoding, done) {
      held.push(data);
      bytes += data.length;
      if (stream === undefined && bytes <= small) {
        done();
        return;
      }
      stream ??= fs.createWriteStream(path, { highWaterMark: 1 << 20 }).on('error', (error) => {
        this.destroy(error);
      });
      const [whole] = held.length === 1 ? held : [Buffer.concat(held)];
      held = [];
      stream.write(whole, done);
    },
    final(done) {
      if (stream !== undefined) stream.end(done);
      else
        soon(() => {
          fs.writeFileSync(path, Buffer.concat(held));
        }, done);
    },
    destroy(error, done) {
      stream?.destroy();
      done(error);
    },
  });
}
