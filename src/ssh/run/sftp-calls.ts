import type { SFTPWrapper, Stats } from 'ssh2';

import { TsmachineError, errorText } from '../../base/errors.js';
import type { FileCalls, FileFacts } from '../../system/files/file-calls.js';

import type { Link } from '../dial/link.js';
import { at } from '../dial/place.js';
import { sftpWrite } from './sftp-write.js';
import { sshTimeouts } from '../timeouts.js';

/** SSH_FX_NO_SUCH_FILE of the SFTP protocol (draft-ietf-secsh-filexfer-02, 7). */
const noSuchFile = 2;

type Failure = Error | null | undefined;

/** Opens SFTP on a connection. @throws TsmachineError SSH_PROTOCOL when the host offers no SFTP, SSH_LOST. */
export async function openSftp(link: Link): Promise<FileCalls> {
  return link.guard<FileCalls>(
    'opening SFTP',
    (resolve, reject) => {
      link.client.sftp((error, sftp) => {
        if (error === undefined) resolve(sftpCalls(sftp));
        else reject(new TsmachineError('SSH_PROTOCOL', `${at(link.place)} offers no SFTP: ${errorText(error)}`, { cause: error }));
      });
    },
    sshTimeouts.request,
  );
}

/** A host's files behind the calls of `node:fs`. */
function sftpCalls(sftp: SFTPWrapper): FileCalls {
  const facts =
    (answer: (error: Failure, value: FileFacts) => void) =>
    (error: Failure, stats: Stats): void => {
      answer(named(error), error ? (undefined as never) : factsOf(stats));
    };
  const done =
    (answer: (error: Failure) => void) =>
    (error: Failure): void => {
      answer(named(error));
    };
  return {
    lstat: (path, answer) => {
      sftp.lstat(remote(path), facts(answer));
    },
    stat: (path, answer) => {
      sftp.stat(remote(path), facts(answer));
    },
    readdir: (path, answer) => {
      sftp.readdir(remote(path), (error, list) => {
        answer(named(error), error ? [] : list.map((entry) => entry.filename));
      });
    },
    readlink: (path, answer) => {
      sftp.readlink(remote(path), (error, goal) => {
        answer(named(error), goal);
      });
    },
    realpath: (path, answer) => {
      sftp.realpath(remote(path), (error, real) => {
        answer(named(error), real);
      });
    },
    createReadStream: (path, range) => sftp.createReadStream(remote(path), range),
    createWriteStream: (path) => sftpWrite(sftp, remote(path)),
    mkdir: (path, { mode }, answer) => {
      sftp.mkdir(remote(path), { mode }, done(answer));
    },
    chmod: (path, mode, answer) => {
      sftp.chmod(remote(path), mode, done(answer));
    },
    utimes: (path, accessed, modified, answer) => {
      sftp.utimes(remote(path), accessed, modified, done(answer));
    },
    symlink: (goal, path, answer) => {
      sftp.symlink(goal, remote(path), done(answer));
    },
    link: (existing, path, answer) => {
      sftp.ext_openssh_hardlink(remote(existing), remote(path), done(answer));
    },
    unlink: (path, answer) => {
      sftp.unlink(remote(path), done(answer));
    },
  };
}

/** On Windows, Node turns a host's absolute path into one with a drive and backslashes; this undoes it. */
function remote(path: string): string {
  return process.platform === 'win32' ? path.replace(/^[A-Za-z]:/, '').replaceAll('\\', '/') : path;
}

function named(error: Failure): Failure {
  if (!error) return undefined;
  return 'code' in error && error.code === noSuchFile ? Object.assign(error, { code: 'ENOENT' }) : error;
}

function factsOf(stats: Stats): FileFacts {
  return {
    mode: stats.mode,
    size: stats.size,
    mtime: new Date(stats.mtime * 1000),
    isFile: () => stats.isFile(),
    isDirectory: () => stats.isDirectory(),
    isSymbolicLink: () => stats.isSymbolicLink(),
    isSocket: () => stats.isSocket(),
  };
}
