import { execFile } from 'node:child_process';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { contextName, createContext, followMachine, listContexts, removeContext } from '../../../src/machine/context.js';
import { restartMachine } from '../../../src/machine/lifecycle.js';
import { regenerateCertificates } from '../../../src/machine/provision.js';
import { removeMachine } from '../../../src/machine/remove.js';
import { failureOf } from '../../helpers/failure.js';
import { skip } from '../../helpers/skip.js';
import { makeMachine, person, type Person } from '../transfer/two-homes.js';

const run = promisify(execFile);
const url = 'tcp://127.0.0.1:2376';

describe('docker contexts', () => {
  let ann: Person;
  let config: string;

  beforeEach(async () => {
    ann = await person();
    config = join(ann.home, '.docker');
    await makeMachine(ann, 'one', url);
  });

  const metas = () => readdir(join(config, 'contexts', 'meta')).catch(() => []);
  const moveTo = async (name: string, to: string) => {
    const { config: document } = await ann.session.store.load(name);
    await ann.session.store.save({ name, config: { ...document, Driver: { ...document.Driver, URL: to } } });
  };

  it('are written as docker writes them, the key for its owner alone', async () => {
    const umask = process.umask(0);
    try {
      expect(await createContext(ann.session, 'one')).to.equal('one');
    } finally {
      process.umask(umask);
    }
    const id = '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed'; // printf one | sha256sum
    expect(JSON.parse(await readFile(join(config, 'contexts', 'meta', id, 'meta.json'), 'utf8'))).to.deep.equal({
      Name: 'one',
      Metadata: { Description: 'Docker machine one', tsmachine: { machine: 'one', store: ann.session.store.root } },
      Endpoints: { docker: { Host: url, SkipTLSVerify: false } },
    });
    const tls = join(config, 'contexts', 'tls', id, 'docker');
    expect(await readFile(join(tls, 'key.pem'), 'utf8')).to.equal(await readFile(ann.session.store.paths.key, 'utf8'));
    expect((await stat(join(tls, 'key.pem'))).mode & 0o777).to.equal(0o600);
    expect((await stat(tls)).mode & 0o777).to.equal(0o700);
  });

  it('are listed with what has become of their machines', async () => {
    for (const name of ['two', 'three']) await makeMachine(ann, name, url);
    for (const name of ['one', 'two', 'three']) await createContext(ann.session, name);
    await moveTo('two', 'tcp://127.0.0.1:1');
    await ann.session.store.remove('three'); // not by rm, which takes the context along
    expect((await listContexts(ann.session)).map(({ context, state }) => [context, state])).to.deep.equal([
      ['one', 'ok'],
      ['three', 'gone'],
      ['two', 'stale'],
    ]);
    await removeContext(ann.session, 'three');
    expect(await metas()).to.have.length(2);
    expect(await failureOf(removeContext(ann.session, 'three'))).to.have.property('code', 'CONTEXT_NOT_FOUND');
  });

  it('go with their machine, and docker goes back to its default', async () => {
    await createContext(ann.session, 'one');
    await writeFile(join(config, 'config.json'), '{"auths":{"x":{}},"currentContext":"one"}');
    await removeMachine(ann.session, 'one', { force: false });
    expect(await metas()).to.deep.equal([]);
    expect(await readdir(join(config, 'contexts', 'tls'))).to.deep.equal([]);
    expect(JSON.parse(await readFile(join(config, 'config.json'), 'utf8'))).to.deep.equal({ auths: { x: {} } });
  });

  it('follow new certificates', async () => {
    await createContext(ann.session, 'one');
    await regenerateCertificates(ann.session, 'one', { clientCerts: true });
    expect(await listContexts(ann.session)).to.deep.equal([{ context: 'one', machine: 'one', host: url, state: 'ok', current: false }]);
    expect(ann.io.infos).to.include(`Docker context "one" now leads to one at ${url}`);
  });

  it('follow a new address', async () => {
    await createContext(ann.session, 'one');
    await moveTo('one', 'tcp://127.0.0.2:2376');
    await followMachine(ann.session, 'one');
    expect(await listContexts(ann.session)).to.deep.equal([
      { context: 'one', machine: 'one', host: 'tcp://127.0.0.2:2376', state: 'ok', current: false },
    ]);
  });

  it('are not made by commands that only keep them in step', async () => {
    await regenerateCertificates(ann.session, 'one', { clientCerts: false });
    expect((await failureOf(restartMachine(ann.session, 'one'))).code).to.equal('DRIVER_NO_POWER');
    expect(await metas()).to.deep.equal([]);
  });

  it('of other people stay as they are, whatever their names', async () => {
    const other = await person();
    await makeMachine(other, 'one', 'tcp://127.0.0.1:7');
    const env = { ...ann.session.env, DOCKER_CONFIG: join(other.home, '.docker') };
    const shared = { ...ann.session, env };
    await createContext(other.session, 'one');
    const before = await readFile(
      join(
        other.home,
        '.docker',
        'contexts',
        'meta',
        (await readdir(join(other.home, '.docker', 'contexts', 'meta')))[0] ?? '',
        'meta.json',
      ),
      'utf8',
    );
    expect(await failureOf(createContext(shared, 'one'))).to.have.property('code', 'CONTEXT_FOREIGN');
    expect(await failureOf(removeContext(shared, 'one'))).to.have.property('code', 'CONTEXT_NOT_FOUND');
    await regenerateCertificates(shared, 'one', { clientCerts: false });
    await removeMachine(shared, 'one', { force: false });
    expect(await listContexts(shared)).to.deep.equal([]);
    const [id = ''] = await readdir(join(other.home, '.docker', 'contexts', 'meta'));
    expect(await readFile(join(other.home, '.docker', 'contexts', 'meta', id, 'meta.json'), 'utf8')).to.equal(before);
  });

  it("do not fail rm when docker's files cannot be read", async () => {
    await createContext(ann.session, 'one');
    const [id = ''] = await metas();
    await writeFile(join(config, 'contexts', 'meta', id, 'meta.json'), '{');
    await removeMachine(ann.session, 'one', { force: false });
    expect(await ann.session.store.names()).to.deep.equal([]);
    expect(ann.io.warnings.join('\n')).to.match(/docker context of one could not be updated: Cannot read .*meta\.json: it is not JSON/);
  });

  it('have names that docker takes', () => {
    expect(['web1', 'default', 'a', 'a.b-c'].map(contextName)).to.deep.equal(['web1', 'tsmachine-default', 'tsmachine-a', 'a.b-c']);
  });

  describe('as the docker client sees them', function () {
    this.timeout(20_000);
    const docker = async (...args: string[]) => {
      const { DOCKER_HOST: _, DOCKER_CONTEXT: __, ...env } = process.env;
      return (await run('docker', args, { env: { ...env, DOCKER_CONFIG: config }, timeout: 15_000 })).stdout;
    };

    before(async function () {
      await run('docker', ['--version']).catch(() => skip(this, 'there is no docker client'));
    });

    it('are listed, inspected, used and removed', async () => {
      await createContext(ann.session, 'one');
      expect(await docker('context', 'ls', '--format', '{{.Name}} {{.DockerEndpoint}} {{.Error}}')).to.contain(`one ${url} \n`);
      const [seen] = JSON.parse(await docker('context', 'inspect', 'one')) as Record<string, unknown>[];
      expect(seen).to.deep.include({
        Name: 'one',
        Endpoints: { docker: { Host: url, SkipTLSVerify: false } },
        TLSMaterial: { docker: ['ca.pem', 'cert.pem', 'key.pem'] },
      });
      await docker('context', 'use', 'one');
      expect((await listContexts(ann.session))[0]).to.include({ current: true });
      expect(await docker('context', 'show')).to.equal('one\n');
      await removeMachine(ann.session, 'one', { force: false });
      expect(await docker('context', 'show')).to.equal('default\n');
      expect(await docker('context', 'ls', '-q')).to.equal('default\n');
    });

    it('keep their mark when docker changes them, and are no longer ours when docker replaces them', async () => {
      await createContext(ann.session, 'one');
      await docker('context', 'update', 'one', '--description', 'mine');
      expect(await listContexts(ann.session)).to.have.length(1);
      await docker('context', 'rm', 'one');
      await docker('context', 'create', 'one', '--docker', 'host=unix:///nowhere');
      expect(await failureOf(createContext(ann.session, 'one'))).to.have.property('code', 'CONTEXT_FOREIGN');
    });
  });
});
