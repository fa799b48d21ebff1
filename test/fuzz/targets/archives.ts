import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import '../../helpers/state-dir.js';
import { silentIo } from '../../../src/base/io.js';
import { openSession } from '../../../src/session.js';
import { newHostConfig, serializeHostConfig } from '../../../src/store/config/schema.js';
import { backupEntries, readBackup, type BackupManifest } from '../../../src/swarm/rescue/backup-file.js';
import { unpackFolder } from '../../../src/system/files/tar.js';
import { seal, unseal, type ArchiveFile } from '../../../src/transfer/archive/archive.js';
import { packWithDigest } from '../../../src/transfer/archive/digest.js';
import { packTar } from '../../../src/transfer/archive/tar.js';
import { importMachines } from '../../../src/transfer/import.js';
import { scratch } from '../../helpers/scratch.js';
import { Chance, changedBytes, changedJson, changedText, nastyWord } from '../mutation.js';
import type { Target } from '../target.js';

const modified = new Date('2026-11-20T10:00:00Z');
const id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const root = '/home/ann/.docker/machine';
const driver = { URL: 'tcp://192.0.2.7:2376', IPAddress: '192.0.2.7', MachineName: 'one', StorePath: root };
const manifest = {
  version: 1,
  writtenBy: '0.1.0',
  exportedAt: modified.toISOString(),
  home: '/home/ann',
  machines: [{ name: 'one', driver: 'none' }],
};
const config = JSON.parse(
  serializeHostConfig(newHostConfig({ name: 'one', root, driverName: 'none', driver, engine: {}, serverCertSans: [] })),
) as unknown;
const ledger = {
  version: 1,
  id,
  entries: [{ key: 'vm', kind: 'VM', scope: 'machine', request: {}, token: 't', wanted: modified.toISOString(), id: 'i' }],
};
const backup: BackupManifest = {
  version: 1,
  kind: 'swarm-backup',
  writtenBy: '0.1.0',
  takenAt: modified.toISOString(),
  swarm: 'prod',
  cluster: 'c',
  machine: 'm',
  node: 'n',
  address: '192.0.2.7:2377',
  engineVersion: '28.5.2',
  autolock: false,
  members: { m: { role: 'manager' } },
};

/** An export that a hostile hand made: its digest fits, and something in it is wrong. */
async function forged(chance: Chance): Promise<Buffer> {
  const json = (document: unknown, odds: number) =>
    Buffer.from(chance.once(odds) ? changedJson(document, chance) : JSON.stringify(document));
  const files: ArchiveFile[] = [
    { path: 'tsmachine.json', content: json(manifest, 3) },
    { path: 'machines/one/config.json', content: json(config, 2) },
    { path: 'machines/one/ledger.json', content: json(ledger, 4) },
    { path: 'machines/one/ca.pem', content: Buffer.from('-----BEGIN CERTIFICATE-----\n') },
    { path: 'machines/one/known_hosts', content: Buffer.from('one ssh-ed25519 AAAA\n') },
  ];
  const named = files.map((file) =>
    chance.once(12) ? { ...file, path: chance.once(2) ? nastyWord(chance) : changedText(file.path, chance) } : file,
  );
  return packWithDigest(
    named.filter(({ path }) => path !== '' && !path.includes('\0')),
    modified,
  );
}

/** Everything below a folder, with sizes. */
function listing(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${statSync(path, { throwIfNoEntry: false })?.size ?? ''}`)
    .join('\n');
}

export const archives: Target = {
  name: 'archives',
  share: 1,
  async open() {
    const folder = scratch();
    const [home, watched] = [join(folder, 'home'), join(folder, 'watched')];
    for (const path of [home, watched, join(watched, 'machines')]) mkdirSync(path);
    writeFileSync(join(watched, 'file'), 'as it was');
    const file = join(home, 'export.tsm');
    const before = listing(watched);
    const { signal } = new AbortController();
    const session = openSession({
      storePath: join(home, 'store'),
      io: silentIo,
      signal,
      env: { HOME: home, TSMACHINE_STATE_DIR: join(home, 'state') },
    });
    const sealed = await seal([{ path: 'tsmachine.json', content: Buffer.from(JSON.stringify(manifest)) }], {
      modified,
      passphrase: 'right',
      cost: { N: 2, r: 1, p: 1 },
    });
    const plain = await packWithDigest([{ path: 'tsmachine.json', content: Buffer.from(JSON.stringify(manifest)) }], modified);
    const saved = (document: string) =>
      packWithDigest(
        [{ path: 'tsmachine.json', content: Buffer.from(document) }, ...backupEntries(backup, Buffer.from('x'), 'tsmachine.json').slice(1)],
        modified,
      );
    return {
      make: (chance) => String(chance.below(2 ** 31)), // archives are packed asynchronously: the input is the seed of one
      async take(input) {
        const dice = new Chance(Number(input));
        const kind = dice.below(10);
        if (kind === 0) {
          const header = changedText(sealed.toString('latin1').split('\n').slice(0, 2).join('\n'), dice);
          const rest = sealed.subarray(sealed.toString('latin1').split('\n').slice(0, 2).join('\n').length);
          await unseal(Buffer.concat([Buffer.from(header, 'latin1'), rest]), () => Promise.resolve('right'));
        } else if (kind === 1) await unseal(changedBytes(dice.pick([plain, sealed]), dice), () => Promise.resolve('right'));
        else if (kind === 2) readBackup(await unseal(await saved(changedJson(backup, dice))), 'backup.tsm');
        else {
          writeFileSync(file, await forged(dice));
          const names = await importMachines(session, { file });
          for (const name of names) rmSync(session.store.machine(name).dir, { recursive: true });
        }
      },
      check() {
        if (listing(watched) !== before) throw new Error(`something was written outside of the store: ${listing(watched)}`);
        const others = readdirSync(home).filter((name) => !['store', 'state', 'export.tsm'].includes(name));
        if (others.length > 0) throw new Error(`something was written beside the store: ${others.join(' ')}`);
        const left = readdirSync(join(home, 'store', 'machines')).filter((name) => name !== '');
        if (left.length > 0) throw new Error(`an import that failed has left ${left.join(' ')}`);
      },
    };
  },
};

/** A tar stream from a host, as `scp -r` unpacks it. */
export const tarStream: Target = {
  name: 'tar',
  share: 1,
  open() {
    const folder = scratch();
    const [target, watched] = [join(folder, 'target'), join(folder, 'watched')];
    mkdirSync(watched);
    writeFileSync(join(watched, 'file'), 'as it was');
    const before = listing(watched);
    return {
      make: (chance) => String(chance.below(2 ** 31)), // archives are packed asynchronously: the input is the seed of one
      async take(input) {
        const dice = new Chance(Number(input));
        rmSync(target, { recursive: true, force: true });
        mkdirSync(target);
        const names = ['a', 'b/c', '../watched/file', '/etc/x', 'a/../../watched/file', 'b', '.', 'c\\..\\d'];
        const files = Array.from({ length: 1 + dice.below(4) }, () => ({
          path: dice.once(4) ? nastyWord(dice) || 'x' : dice.pick(names),
          content: Buffer.from('x'),
        }));
        const body = await packTar(files, modified);
        const unpacking = await unpackFolder(target, 'target');
        try {
          await pipeline(Readable.from([dice.once(2) ? links(body, dice) : changedBytes(body, dice)]), unpacking.sink);
          await unpacking.finish();
        } catch (error) {
          if (error instanceof TypeError || error instanceof RangeError) throw error; // the caller of the copy names any other
        }
      },
      check() {
        if (listing(watched) !== before) throw new Error(`something was written outside of the target: ${listing(watched)}`);
        const others = readdirSync(folder).filter((name) => name !== 'target' && name !== 'watched');
        if (others.length > 0) throw new Error(`something was written beside the target: ${others.join(' ')}`);
      },
    };
  },
};

/** Makes a link, a folder or a device of the first entry; its checksum is made to fit. */
function links(body: Buffer, chance: Chance): Buffer {
  const changed = Buffer.from(body);
  changed.write(chance.pick(['1', '2', '5', '3', '6', 'x', 'g', 'L']), 156, 'latin1');
  changed.write(chance.pick(['../watched', '/etc', '..', 'a', '../watched/file']).padEnd(20, '\0'), 157, 'latin1');
  changed.fill(' ', 148, 156);
  const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
}
