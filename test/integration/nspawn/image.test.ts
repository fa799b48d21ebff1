import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { writeIdentity } from '../../../drivers/nspawn/image/identity-files.js';
import { factsV1, fakeComputer } from '../../unit/drivers/nspawn/fake-computer.js';
import { skip } from '../../helpers/skip.js';

const script = (name: string) => fileURLToPath(new URL(`../../../templates/nspawn/${name}`, import.meta.url));
const keys = { loginPublic: 'ssh-ed25519 LOGIN\n', hostPrivate: 'private\n', hostPublic: 'ssh-ed25519 HOST\n' };

/** What the scripts and the driver write in a root file system, each with one of the folders above it. */
const written = [
  'etc/systemd/system/multi-user.target.wants/tsmachine-writable.service',
  'etc/systemd/system/tsmachine-writable.service',
  'etc/systemd/system/getty.target',
  'etc/systemd/journald.conf.d/tsmachine.conf',
  'etc/ssh/sshd_config.d/10-tsmachine.conf',
  'etc/ssh/ssh_host_ed25519_key',
  'etc/ssh/ssh_host_rsa_key.pub',
  'etc/default/locale',
  'etc/machine-id',
  'etc/hostname',
  'etc/hosts',
  'etc/resolv.conf',
  'etc/.updated',
  'var/.updated',
  'var/lib/dbus/machine-id',
  'run/sshd',
  'root/.ssh/authorized_keys',
  'usr/local/lib/tsmachine/writable.sh',
];
const places = [...new Set(written.flatMap((path) => path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'))))];

describe('a root file system with links that lead out of it', function () {
  this.timeout(60_000);
  let dir: string;
  let tree: string;
  let outside: string;

  before(function () {
    if (process.platform !== 'linux') skip(this, 'the driver nspawn is for Linux');
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tsmachine-tree-'));
    tree = join(dir, 'tree');
    outside = join(dir, 'outside');
    await mkdir(tree);
    await mkdir(outside);
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function prepare(): Promise<void> {
    await run('sh', [script('prepare.sh'), tree]);
    const computer = fakeComputer(factsV1(dir), join(dir, 'leases.json'));
    computer.files.set('/etc/resolv.conf', 'nameserver 192.0.2.1\n');
    await writeIdentity(tree, 'm1', keys, computer);
  }

  it('is prepared in place when it has none', async () => {
    await prepare();
    expect(await readFile(join(tree, 'etc/ssh/sshd_config.d/10-tsmachine.conf'), 'utf8')).to.include('PasswordAuthentication no');
    expect(await readFile(join(tree, 'root/.ssh/authorized_keys'), 'utf8')).to.equal(keys.loginPublic);
    expect(await readFile(join(tree, 'etc/machine-id'), 'utf8')).to.match(/^[0-9a-f]{32}\n$/);
  });

  for (const place of places) {
    it(`changes nothing behind a link at ${place}`, async () => {
      // What the computer has at every place that a write through the link could reach.
      for (const path of written.filter((each) => each.startsWith(`${place}/`))) await plant(join(outside, path.slice(place.length + 1)));
      const isFile = written.includes(place);
      if (isFile) await plant(join(outside, 'file'));
      await mkdir(dirname(join(tree, place)), { recursive: true });
      await symlink(isFile ? join(outside, 'file') : outside, join(tree, place));
      const before = await contents(outside);
      await prepare().catch((error: unknown) => {
        expect(String(error)).to.match(/is not a folder/);
      });
      expect(await contents(outside)).to.deep.equal(before);
    });
  }

  it('is unpacked in its own folder alone', async () => {
    await plant(join(outside, 'passwd'));
    const tarball = join(dir, 'hostile.tar');
    await run('python3', ['-c', hostileTar, tarball, outside]);
    const before = await contents(outside);
    const error: unknown = await run('sh', [script('unpack.sh'), tree, tarball]).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(await contents(outside)).to.deep.equal(before);
    expect(await readdir(dir)).to.have.members(['hostile.tar', 'outside', 'tree']);
  });
});

/** A link to a folder outside, then files through it, by `..`, by an absolute name, and by a hard link. */
const hostileTar = `
import io, sys, tarfile
out = tarfile.open(sys.argv[1], 'w')
def add(name, type=tarfile.REGTYPE, link='', data=b'taken'):
    info = tarfile.TarInfo(name); info.type = type; info.linkname = link
    info.size = len(data) if type == tarfile.REGTYPE else 0
    out.addfile(info, io.BytesIO(data))
add('etc', tarfile.SYMTYPE, sys.argv[2])
add('etc/passwd')
add('../outside/passwd')
add(sys.argv[2] + '/passwd')
add('hard', tarfile.LNKTYPE, sys.argv[2] + '/passwd')
add('hard', data=b'taken by a hard link')
add('usr/lib/systemd/systemd'); add('usr/sbin/sshd')
out.close()
`;

async function plant(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `the computer's own ${path}`);
}

/** Every path below a folder with what it holds. */
async function contents(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? `${path}: ${await readFile(path, 'utf8')}` : `${path} (${entry.isSymbolicLink() ? 'link' : 'folder'})`;
    }),
  ).then((lines) => lines.sort());
}

function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout: 30_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}
