/** The file that a boot2docker guest looks for at the beginning of its disk; its content equals its name. */
const request = 'boot2docker, please format-me';
const block = 512;

/**
 * The first bytes of a new disk: a tar archive that makes boot2docker format the disk on its first boot and accept the public key.
 * The rest of the disk is zeros.
 * @param authorizedKey one line, as in authorized_keys
 */
export function keyDisk(authorizedKey: string): Buffer {
  const key = `${authorizedKey.trim()}\n`;
  return Buffer.concat([
    ...entry(request, request, 0o644),
    ...entry('.ssh/', undefined, 0o700),
    ...entry('.ssh/authorized_keys', key, 0o644),
    ...entry('.ssh/authorized_keys2', key, 0o644),
    Buffer.alloc(2 * block),
  ]);
}

/** One entry of a POSIX (ustar) archive; a folder when there is no content. */
function entry(name: string, content: string | undefined, mode: number): Buffer[] {
  const bytes = Buffer.from(content ?? '');
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number, at: number) => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octal(mode, 8, 100);
  octal(0, 8, 108);
  octal(0, 8, 116);
  octal(bytes.length, 12, 124);
  octal(0, 12, 136);
  header.write(' '.repeat(8), 148, 'latin1');
  header.write(content === undefined ? '5' : '0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return [header, bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
}
