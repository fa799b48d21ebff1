import '../../helpers/state-dir.js';
import { plain } from '../../../src/base/text.js';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

import { ensureAuthority } from '../../../src/certs/authority.js';
import { createMachine, type CreateRequest } from '../../../src/machine/create.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { silentIo } from '../../../src/base/io.js';
import { removeMachine } from '../../../src/machine/remove.js';
import { openSession, type Session } from '../../../src/session.js';
import { readJournal, writeJournal, type Step } from '../../../src/store/journal.js';
import { newLedger, writeLedger } from '../../../src/store/ledger.js';
import { openStore, type StoredMachine } from '../../../src/store/store.js';

describe('createMachine', () => {
  let made: string;
  let root: string;
  let session: Session;
  let said: string[];

  before(async () => {
    made = await mkdtemp(join(tmpdir(), 'tsmachine-create-'));
    await ensureAuthority(openStore(made).paths, { io: silentIo, user: 'test' });
  });
  after(async () => {
    await rm(made, { recursive: true });
  });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tsmachine-create-'));
    await cp(join(made, 'certs'), join(root, 'certs'), { recursive: true }); // making keys takes most of a second
    said = [];
    session = openSession({
      storePath: root,
      io: {
        ...silentIo,
        info: (text) => {
          said.push(plain(text));
        },
      },
      signal: new AbortController().signal,
    });
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const request = (name: string, url = 'tcp://127.0.0.1:12376'): CreateRequest => ({
    name,
    driverName: 'none',
    flags: { url },
    engine: {},
    install: { mode: 'auto' },
    tlsSans: [],
  });
  const failure = async (work: Promise<unknown>): Promise<TsmachineError> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!TsmachineError.is(error)) throw new Error(`expected a failure, not ${String(error)}`);
    return error;
  };
  const journalOf = (name: string) => readJournal(session.store.machine(name).journal);

  const withoutCertificates = () => rm(join(root, 'certs'), { recursive: true });

  it('says what Docker Machine says, in its order', async () => {
    await withoutCertificates();
    await createMachine(session, request('one'));
    expect(said).to.deep.equal([
      `Creating CA: ${root}/certs/ca.pem`,
      `Creating client certificate: ${root}/certs/cert.pem`,
      'Running pre-create checks...',
      'Creating machine...',
    ]);
  });

  it('leaves a finished machine: no journal, client certificates at hand', async () => {
    await createMachine(session, request('one'));
    expect(await journalOf('one')).to.equal(undefined);
    expect(await readdir(session.store.machine('one').dir)).to.include.members(['config.json', 'ca.pem', 'cert.pem', 'key.pem']);
    expect((await session.store.load('one')).config.Driver['URL']).to.equal('tcp://127.0.0.1:12376');
  });

  it('refuses a name that is taken, in any case of its letters', async () => {
    await createMachine(session, request('one'));
    expect(await failure(createMachine(session, request('one')))).to.include({
      code: 'MACHINE_EXISTS',
      message: 'Docker machine "one" already exists',
    });
    expect(await failure(createMachine(session, request('ONE')))).to.have.property('code', 'MACHINE_EXISTS');
    expect(await session.store.names()).to.deep.equal(['one']);
  });

  it('refuses wrong flags before anything is on disk', async () => {
    expect(await failure(createMachine(session, request('one', 'tcp://non sense')))).to.include({ code: 'FLAG_INVALID', exit: 2 });
    expect(await readdir(root)).to.deep.equal(['certs']);
  });

  it('gives the name back when the pre-create check fails, and exits with 3', async () => {
    const generic = { ...request('g'), driverName: 'generic', flags: genericFlags('/nope') };
    const error = await failure(createMachine(session, generic));
    expect(error).to.include({ code: 'SSH_KEY_MISSING', exit: 3 });
    expect(error.message).to.equal('Error with pre-create check: "SSH key does not exist: \\"/nope\\""');
    expect(await session.store.names()).to.deep.equal([]);
  });

  it('takes over the empty folder of a run that was killed at once', async () => {
    await mkdir(session.store.machine('one').dir, { recursive: true });
    await createMachine(session, request('one'));
    expect((await session.store.load('one')).name).to.equal('one');
  });

  it('refuses a name that is taken before it looks at the flags, as Docker Machine did', async () => {
    await createMachine(session, request('one'));
    expect(await failure(createMachine(session, request('one', '')))).to.have.property('code', 'MACHINE_EXISTS');
  });

  it('begins anew with other settings, which it names, while nothing has been made', async () => {
    await interrupted('one');
    await writeFile(join(session.store.machine('one').dir, 'of-the-first-try'), '');
    await createMachine(session, { ...request('one', 'tcp://127.0.0.1:2'), engine: { Labels: ['a=b'] } });
    expect(said).to.include(
      'Starting the creation of one over with other settings: --url (it was "tcp://127.0.0.1:12376"), --engine-label (it was not given)',
    );
    expect(said).to.include('Running pre-create checks...');
    expect((await session.store.load('one')).config.Driver['URL']).to.equal('tcp://127.0.0.1:2');
    expect(await readdir(session.store.machine('one').dir)).not.to.include('of-the-first-try');
    expect(await journalOf('one')).to.equal(undefined);
  });

  it('refuses other settings, and names them, once a host was looked at to be changed', async () => {
    await interrupted('one', ['reserved', 'certificates', 'prechecked', 'created', 'running', 'connected', 'detected']);
    const error = await failure(createMachine(session, request('one', 'tcp://127.0.0.1:2')));
    expect(error).to.include({
      code: 'MACHINE_DIFFERS',
      message:
        'The creation of one was interrupted, and its settings were not those of this command: --url (it was "tcp://127.0.0.1:12376")',
    });
    expect(plain(error.hint ?? '')).to.contain('tsmachine rm -y one');
  });

  it('refuses another driver once a machine was made, or anything was asked of a provider', async () => {
    await interrupted('one', ['reserved', 'certificates', 'prechecked', 'created'], 'nspawn');
    expect((await failure(createMachine(session, request('one', 'tcp://127.0.0.1:2')))).code).to.equal('MACHINE_DIFFERS');
    await interrupted('two', undefined, 'nspawn');
    const entry = { key: 'vm', kind: 'vm', scope: 'machine', token: 't', wanted: '{}', request: {} } as const;
    await writeLedger(session.store.machine('two').ledger, { ...newLedger(), entries: [entry] });
    expect((await failure(createMachine(session, request('two', 'tcp://127.0.0.1:2')))).code).to.equal('MACHINE_DIFFERS');
  });

  it('goes on where the journal ends', async () => {
    await interrupted('one');
    await createMachine(session, request('one'));
    expect(said.some((line) => line.startsWith('Continuing the interrupted creation of one'))).to.equal(true);
    expect(said).not.to.include('Running pre-create checks...');
    expect(await journalOf('one')).to.equal(undefined);
  });

  it('lets rm take away what an interrupted create left, at each of its steps', async () => {
    await interrupted('one');
    await removeMachine(session, 'one', { force: false });
    await mkdir(session.store.machine('two').dir, { recursive: true });
    await removeMachine(session, 'two', { force: false });
    expect(await session.store.names()).to.deep.equal([]);
  });

  it('does not let rm forget a machine whose configuration cannot be read, unless forced', async () => {
    await createMachine(session, request('one'));
    await writeFile(session.store.machine('one').config, '{"Driver');
    expect(await failure(removeMachine(session, 'one', { force: false }))).to.have.property('code', 'CONFIG_UNREADABLE');
    await removeMachine(session, 'one', { force: true });
    expect(await session.store.names()).to.deep.equal([]);
  });

  it('makes one CA for creates that run together', async () => {
    await withoutCertificates();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => createMachine(session, request(name))));
    const copies = await Promise.all(names.map((name) => readFile(session.store.machine(name).ca, 'utf8')));
    expect(new Set(copies)).to.have.property('size', 1);
    expect(said.filter((line) => line.startsWith('Creating CA'))).to.have.length(1);
  });

  /** As a kill -9 after the pre-create check leaves it. */
  async function interrupted(
    name: string,
    done: readonly Step[] = ['reserved', 'certificates', 'prechecked'],
    driver = 'none',
  ): Promise<void> {
    await createMachine(session, request(name));
    said.length = 0;
    const { journal } = session.store.machine(name);
    const digest = await requestDigest(name);
    await writeJournal(journal, {
      version: 1,
      operation: 'create',
      driver,
      request: digest,
      startedAt: '2026-01-01T00:00:00Z',
      done,
    });
  }

  /** The digest that a create of this request writes down, seen in the journal of one that cannot finish. */
  async function requestDigest(name: string): Promise<string> {
    const other = await mkdtemp(join(tmpdir(), 'tsmachine-create-'));
    await cp(join(made, 'certs'), join(other, 'certs'), { recursive: true });
    try {
      const seen: string[] = [];
      const probe = openSession({
        storePath: other,
        signal: new AbortController().signal,
        io: {
          ...silentIo,
          info: (text) => {
            if (text === 'Creating machine...') seen.push(text);
          },
        },
      });
      const reading = new Promise<string>((resolve, reject) => {
        const save = probe.store.save.bind(probe.store);
        Object.assign(probe.store, {
          save: async (machine: StoredMachine) => {
            const journal = await readJournal(probe.store.machine(name).journal);
            if (journal) resolve(journal.request);
            else reject(new Error('saved without a journal'));
            await save(machine);
          },
        });
      });
      await createMachine(probe, request(name));
      return await reading;
    } finally {
      await rm(other, { recursive: true });
    }
  }
});

function genericFlags(key: string) {
  return {
    'generic-ip-address': '127.0.0.1',
    'generic-ssh-user': 'root',
    'generic-ssh-key': key,
    'generic-ssh-port': 1,
    'generic-engine-port': 2376,
  };
}
