import { chmod, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { examine } from '../../../src/doctor/doctor.js';
import { clockSkew } from '../../../src/provision/look/clock.js';
import { silentIo } from '../../../src/base/io.js';
import { openSession, type Session } from '../../../src/session.js';
import { writeJournal } from '../../../src/store/journal.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { readable } from '../../helpers/findings.js';
import { scratch } from '../../helpers/scratch.js';

describe('the clock of a host', () => {
  it('is right when it may be right', () => {
    expect(clockSkew(1000, 1000_200, 1000_900)).to.equal(0);
    expect(clockSkew(1000, 1000_999, 1002_000)).to.equal(0);
    expect(clockSkew(1001, 1000_500, 1001_100)).to.equal(0);
  });
  it('is ahead or behind by what cannot be explained otherwise', () => {
    expect(clockSkew(1070, 1000_000, 1002_000)).to.equal(68);
    expect(clockSkew(930, 1000_000, 1002_000)).to.equal(-69);
  });
});

describe('doctor: the store and this computer', () => {
  let home: string;
  let session: Session;

  beforeEach(() => {
    home = scratch();
    session = open({});
  });

  /** No docker in PATH, unless a test puts one there. */
  function open(env: NodeJS.ProcessEnv): Session {
    const signal = new AbortController().signal;
    return openSession({ storePath: join(home, 'store'), io: silentIo, signal, env: { HOME: home, PATH: join(home, 'bin'), ...env } });
  }
  const find = async (check: string, names: string[] = [], in_ = session) =>
    readable(await examine(in_, names)).filter((finding) => finding.check === check);
  const only = async (check: string, names: string[] = [], in_ = session) => {
    const [first, ...others] = await find(check, names, in_);
    if (!first || others.length > 0) throw new Error(`expected one finding, not ${JSON.stringify([first, ...others])}`);
    return first;
  };
  async function machine(name: string, url = 'tcp://127.0.0.1:1'): Promise<void> {
    const { store } = session;
    await store.reserve(name);
    const driver = { IPAddress: '', MachineName: name, StorePath: store.root, URL: url };
    await store.save({
      name,
      config: newHostConfig({ name, root: store.root, driverName: 'none', driver, engine: {}, serverCertSans: [] }),
    });
  }
  async function docker(script: string): Promise<void> {
    await mkdir(join(home, 'bin'), { recursive: true });
    await writeFile(join(home, 'bin', 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  it('finds nothing wrong where there is nothing, and makes nothing', async () => {
    const findings = await examine(session, []);
    expect(findings.filter(({ level }) => level !== 'ok').map(({ check }) => check)).to.deep.equal(['docker-client']);
    expect(await readdir(home)).to.deep.equal([]);
  });

  it('tells a machine that is not there, and goes on with the others', async () => {
    await machine('one');
    const faults = (await find('config', ['nope', 'one'])).map(({ machine: name, level }) => `${name ?? ''} ${level}`);
    expect(faults).to.deep.equal(['nope fault', 'one ok']);
  });

  it('tells a configuration that cannot be read, and goes on with the others', async () => {
    await machine('one');
    await machine('torn');
    await writeFile(session.store.machine('torn').config, '{"Dri');
    const [one, torn] = await find('config');
    expect(one).to.include({ machine: 'one', level: 'ok' });
    expect(torn).to.include({ machine: 'torn', level: 'fault' });
    expect(torn?.message).to.match(/the file is truncated/);
  });

  it('tells a driver that is not built in', async () => {
    await machine('old');
    const { config } = await session.store.load('old');
    await session.store.save({ name: 'old', config: { ...config, DriverName: 'softlayer' } });
    expect(await only('config')).to.include({ level: 'fault', message: 'Driver "softlayer" not found' });
  });

  it('tells keys and folders that others can read, with the command that closes them', async () => {
    await machine('one');
    const { key, dir } = session.store.machine('one');
    await writeFile(key, 'x', { mode: 0o600 });
    expect(await only('modes')).to.include({ level: 'ok' });
    await chmod(key, 0o644);
    await chmod(dir, 0o755);
    const [keys, folders] = await find('modes');
    expect(keys).to.include({ level: 'fault', fix: `chmod 600 ${key}` });
    expect(folders).to.include({ level: 'warning', fix: `chmod go-rwx ${dir}` });
  });

  it('tells locks and unfinished imports that were left behind, and not the ones in use', async () => {
    const { locksDir, machinesDir } = session.store.paths;
    await mkdir(join(locksDir, 'machine-busy.lock'), { recursive: true });
    expect(await only('locks')).to.include({ level: 'ok' });
    const dead = join(locksDir, 'machine-dead.lock');
    const import_ = join(machinesDir, '.new-abc');
    for (const path of [dead, import_]) {
      await mkdir(path, { recursive: true });
      await utimes(path, new Date(0), new Date(0));
    }
    expect(await only('locks')).to.include({ level: 'warning', fix: `rmdir ${dead}` });
    expect(await only('leftovers')).to.include({ level: 'warning', fix: `rm -r ${import_}` });
  });

  it('tells interrupted creates with the command that finishes them', async () => {
    await machine('half');
    const { journal } = session.store.machine('half');
    const entry = { version: 1, operation: 'create', driver: 'none', request: 'x', startedAt: '2026-01-01', done: ['reserved'] } as const;
    await writeJournal(journal, { ...entry, command: ['create', '-d', 'none', '--url', 'tcp://h:1', '--engine-label', 'a=b c', 'half'] });
    expect(await only('creation')).to.include({
      level: 'warning',
      fix: "tsmachine create -d none --url tcp://h:1 --engine-label 'a=b c' half; or, to undo it: tsmachine rm -y half",
    });
    await writeJournal(journal, entry);
    expect((await only('creation')).fix).to.match(/^tsmachine create -d none \.\.\. half \(with the flags it had\)/);
    await writeFile(journal, '{');
    expect(await only('creation')).to.include({ level: 'fault' });
  });

  it('tells a store that cannot be written', async () => {
    await writeFile(join(home, 'store'), 'a file');
    expect((await find('store'))[0]).to.include({ level: 'fault' });
  });

  it('asks the docker client for its version, and for nothing else', async () => {
    await docker(`echo "$* $DOCKER_HOST" >'${home}/asked'; echo '28.2.2 1.50'; echo 'no daemon' >&2; exit 1`);
    expect(await only('docker-client')).to.deep.equal({ check: 'docker-client', level: 'ok', message: 'docker 28.2.2, API 1.50' });
    await docker('echo nonsense');
    expect(await only('docker-client')).to.include({ level: 'warning', message: 'The docker client does not print its version' });
    await rm(join(home, 'bin'), { recursive: true });
    expect(await only('docker-client')).to.include({ level: 'warning', message: 'There is no docker client on this computer' });
  });

  it('tells where the environment leads nowhere', async () => {
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_MACHINE_NAME: 'gone', DOCKER_CERT_PATH: join(home, 'gone') };
    const findings = await find('docker-host', [], open(env));
    expect(findings.map(({ level, fix }) => `${level} ${fix ?? ''}`)).to.deep.equal([
      'warning eval $(tsmachine env -u)',
      'fault eval $(tsmachine env -u)',
      'fault eval $(tsmachine env -u)',
    ]);
    expect(findings[2]?.message).to.equal('DOCKER_HOST points at tcp://127.0.0.1:1: nothing answers there (ECONNREFUSED)');
    expect(await find('docker-host', [], open({ DOCKER_HOST: 'unix:///var/run/docker.sock' }))).to.have.length(1);
  });

  it('tells contexts that lead nowhere, and a current one that is not there', async () => {
    const folder = join(home, '.docker', 'contexts', 'meta', 'abc');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'meta.json'),
      JSON.stringify({ Name: 'theirs', Metadata: {}, Endpoints: { docker: { Host: 'tcp://127.0.0.1:1' } } }),
    );
    await writeFile(join(home, '.docker', 'config.json'), '{"currentContext":"lost"}');
    const findings = await find('context');
    expect(findings.map(({ level, fix }) => `${level}: ${fix ?? ''}`)).to.deep.equal([
      'fault: docker context use default',
      'warning: docker context rm theirs',
    ]);
  });
});
