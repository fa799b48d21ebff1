import { gunzipSync } from 'node:zlib';

import { TsmachineError } from '../base/errors.js';
import type { Text } from '../base/text.js';

/** The user's own data, decompressed. */
export interface UsersOwn {
  /** leaf: one text that cloud-init recognises by its first line. mime: a message with headers, such as a multipart archive. */
  readonly kind: 'leaf' | 'mime';
  readonly text: string;
}

/** Bytes of user data before and after it is decompressed: far above what any provider takes. */
const largest = 8 * 1024 * 1024;
/** cloud-init reads archives inside archives by recursion, which ends in a crash at some hundreds. */
const mostArchives = 100;

/** What cloud-init knows texts by (cloudinit/handlers/__init__.py), without regard to case; longer names begin with these. */
const beginnings = ['#!', '#cloud-config', '#include', '#cloud-boothook', '#part-handler', '## template: jinja'];

/**
 * Recognises user data as cloud-init does, by its first bytes. What cloud-init would ignore or fail on during the first boot is refused
 * here, before there is a machine.
 * @returns undefined when it is empty
 * @throws TsmachineError FLAG_INVALID
 */
export function readUsersOwn(data: Uint8Array): UsersOwn | undefined {
  const text = decoded(decompressed(bounded(data)));
  if (text.trim() === '') return undefined;
  const start = text.slice(0, 4096).trimStart().toLowerCase();
  if (beginnings.some((beginning) => start.startsWith(beginning))) return { kind: 'leaf', text };
  // A header line, and cloud-init's own test for a message.
  if (/^(?:from |[!-9;-~]+:)/i.test(text) && text.slice(0, 4096).toLowerCase().includes('mime-version:')) {
    return { kind: 'mime', text: checkedArchive(text) };
  }
  throw invalid(
    `The user data begins with ${JSON.stringify(text.trimStart().slice(0, 30))}, which cloud-init does not recognise`,
    `Begin a script with #! and cloud-config with #cloud-config; a multipart archive needs the header MIME-Version`,
  );
}

function bounded(data: Uint8Array): Uint8Array {
  if (data.length <= largest) return data;
  throw invalid(`The user data has ${data.length} bytes, more than the ${largest} that tsmachine reads`, smaller);
}

export const smaller = 'Keep large files on a server, and let the guest fetch them with #include URL or from a script';

function decompressed(data: Uint8Array): Uint8Array {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  try {
    return gunzipSync(data, { maxOutputLength: largest });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw invalid(`The compressed user data has more than ${largest} bytes once it is unpacked`, smaller);
    }
    throw invalid('The user data is compressed by gzip, but damaged or cut off', 'Compress it again: gzip -t FILE tests it', error);
  }
}

/** A byte order mark goes: cloud-init does not recognise what comes after one. */
function decoded(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch (error) {
    throw invalid(
      'The user data is not UTF-8 text, which is all that cloud-init takes',
      'Save it as UTF-8; put a binary file into write_files of a cloud-config, as base64',
      error,
    );
  }
}

function checkedArchive(text: string): string {
  const archives = text.match(/^content-type:\s*(?:multipart|message)\//gim)?.length ?? 0;
  if (archives <= mostArchives) return text;
  throw invalid(`The user data has ${archives} multipart archives in one; cloud-init fails on so many`, `Use at most ${mostArchives}`);
}

function invalid(message: Text, hint: Text, cause?: unknown): TsmachineError {
  return new TsmachineError('FLAG_INVALID', message, { hint, ...(cause !== undefined && { cause }) });
}
