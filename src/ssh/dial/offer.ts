/** The lists of a server's first packet that name algorithms (RFC 4253, 7.1), in their order there. */
const lists = ['key exchange', 'host key', 'cipher to it', 'cipher', 'MAC to it', 'MAC'] as const;

/** What ssh2 can do unless it is told otherwise (lib/protocol/constants.js). */
const ours: Readonly<Record<string, string>> = {
  'key exchange': 'curve25519-sha256, ecdh-sha2-nistp256, ecdh-sha2-nistp384, ecdh-sha2-nistp521 and diffie-hellman groups with SHA-2',
  'host key': 'ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, rsa-sha2-512, rsa-sha2-256 and ssh-rsa',
  cipher: 'aes128-gcm, aes256-gcm, aes128-ctr, aes192-ctr, aes256-ctr and chacha20-poly1305',
  MAC: 'hmac-sha2-256, hmac-sha2-512 and hmac-sha1, each also as -etm',
};

/**
 * Says what a server offers and what the built-in client can, where the two have nothing in common.
 * @param error ssh2's words: `Handshake failed: no matching key exchange algorithm`
 * @param received the bytes that the server sent so far, as latin1
 */
export function offerOf(error: string, received: string): string | undefined {
  const what = /no matching (?:C->S |S->C )?(key exchange|host key|cipher|MAC)/.exec(error)?.[1];
  if (what === undefined) return undefined;
  const index = lists.findIndex((list) => list === what);
  const theirs = nameLists(received)[index];
  const offer = theirs === undefined ? '' : `the host offers ${theirs.replaceAll(',', ', ') || 'none'}; `;
  return `no ${what} that both sides can: ${offer}the built-in client can ${ours[what] ?? ''}`;
}

/** The name lists of SSH_MSG_KEXINIT, which follows the server's greeting unencrypted. */
function nameLists(received: string): string[] {
  const greeting = /(?:^|\n)SSH-[^\n]*\n/.exec(received);
  if (greeting === null) return [];
  const packet = Buffer.from(received.slice(greeting.index + greeting[0].length), 'latin1');
  // length (4), length of the padding (1), kind of message (1), cookie (16)
  let at = 22;
  const found: string[] = [];
  while (found.length < lists.length && at + 4 <= packet.length) {
    const length = packet.readUInt32BE(at);
    if (at + 4 + length > packet.length) break;
    found.push(packet.toString('latin1', at + 4, at + 4 + length).replace(/[^\x20-\x7e]/g, '?'));
    at += 4 + length;
  }
  return found;
}
