import { gzipSync } from 'node:zlib';

import { expect } from 'chai';
import { pack } from 'tar-stream';

import { readSavedState } from '../../../../src/swarm/rescue/saved-state.js';
import { failureOf } from '../../../helpers/failure.js';

interface Entry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly linkname?: string;
  readonly content?: string;
}

describe('the saved state of a swarm', () => {
  const { signal } = new AbortController();
  const file = (name: string, content = 'x'): Entry => ({ name, type: 'file', content });
  const settings = file('./docker-state.json', '{"AdvertiseAddr":"192.0.2.1:2377","ListenAddr":"0.0.0.0:2377"}');
  const key = file('./certificates/swarm-node.key', '-----BEGIN PRIVATE KEY-----\n');
  const rest: readonly Entry[] = [
    { name: './', type: 'directory' },
    { name: './certificates/', type: 'directory' },
    file('./certificates/swarm-node.crt'),
    file('./certificates/swarm-root-ca.crt'),
    file('./raft/wal-v3-encrypted/0000000000000000-0000000000000000.wal', '\0'.repeat(100_000)),
  ];

  async function tar(...entries: readonly Entry[]): Promise<Buffer> {
    const archive = pack();
    for (const { content = '', ...header } of entries) archive.entry(header, content);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('tells the address of its manager, and whether it is locked', async () => {
    expect(await readSavedState(gzipSync(await tar(settings, key, ...rest)), 'f', signal)).to.deep.equal({
      autolock: false,
      address: '192.0.2.1',
    });
    const locked = file('./certificates/swarm-node.key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n');
    expect(await readSavedState(gzipSync(await tar(settings, locked, ...rest)), 'f', signal)).to.include({ autolock: true });
  });

  it('is refused unless all of it is there, and is what an engine needs', async () => {
    const good = gzipSync(await tar(settings, key, ...rest));
    const rows: [what: string, bytes: Buffer, reason: RegExp][] = [
      ['words of a login before it', Buffer.concat([Buffer.from('Welcome\n'), good]), /incorrect header check/],
      ['cut off', good.subarray(0, good.length - 20), /unexpected end of file/],
      ['empty', Buffer.alloc(0), /docker-state\.json|unexpected end/],
      ['a byte changed', Buffer.concat([good.subarray(0, -6), Buffer.from([1]), good.subarray(-5)]), /incorrect (data|length) check/],
      ['a tar cut off', gzipSync((await tar(settings, key, ...rest)).subarray(0, 5_000)), /Unexpected end of data/],
      ['no tar', gzipSync('x'.repeat(2_000)), /tar/],
      ['no settings', gzipSync(await tar(key, ...rest)), /no docker-state\.json/],
      ['settings that are no JSON', gzipSync(await tar(file('docker-state.json', '{'), key, ...rest)), /no docker-state\.json/],
      ['no key', gzipSync(await tar(settings, ...rest)), /no certificates\/swarm-node\.key/],
      ['no raft log', gzipSync(await tar(settings, key, ...rest.slice(0, -1))), /no raft log/],
      ['a link', gzipSync(await tar(settings, key, ...rest, { name: 'x', type: 'symlink', linkname: '/etc' })), /"x" is neither/],
      ['a path that leads out', gzipSync(await tar(settings, key, ...rest, file('../x'))), /leads out/],
    ];
    for (const [what, bytes, reason] of rows) {
      const error = await failureOf(() => readSavedState(bytes, 'f.tsm', signal));
      expect(error, what).to.include({ code: 'ARCHIVE_INVALID' });
      expect(error.message, what)
        .to.match(/^The swarm state from f\.tsm is not complete: /)
        .and.match(reason);
    }
  });
});
