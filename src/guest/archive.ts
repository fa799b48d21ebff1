import { createHash } from 'node:crypto';

import type { UsersOwn } from './users-own.js';

/** A part of ours, in one of cloud-init's own forms. */
export interface Part {
  readonly type: 'text/cloud-config' | 'text/cloud-config-jsonp';
  /** How cloud-init merges it into what came before; its default replaces whole keys. */
  readonly merge?: string;
  readonly content: unknown;
}

/**
 * A multipart archive as cloud-init reads it: first the user's data, then ours, which is thus merged by our rules. The user's text goes
 * in as it is, for cloud-init to recognise. The same arguments give the same bytes.
 */
export function archive(own: UsersOwn, parts: readonly Part[]): Buffer {
  // It cannot occur in the user's text, because it is made from it.
  const boundary = `tsmachine-${createHash('sha256').update(own.text).digest('hex').slice(0, 32)}`;
  const messages = [own.kind === 'mime' ? own.text : leaf(own.text), ...parts.map(ours)];
  return Buffer.from(
    [
      `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${boundary}"\n\n`,
      // The end of line before a boundary belongs to the boundary.
      ...messages.map((message) => `--${boundary}\n${message}\n`),
      `--${boundary}--\n`,
    ].join(''),
  );
}

/** Python's parser garbles letters outside of ASCII unless they are encoded. */
function leaf(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return `Content-Type: text/plain\n\n${text}`;
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return `Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${lines.join('\n')}`;
}

function ours({ type, merge, content }: Part): string {
  const headers = [`Content-Type: ${type}`, ...(merge === undefined ? [] : [`Merge-Type: ${merge}`])];
  return `${headers.join('\n')}\n\n${type.replace('text/', '#')}\n${JSON.stringify(content)}\n`;
}
