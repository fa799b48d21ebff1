import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { googleOver } from '../../../drivers/google/driver.js';
import { tsmachine } from '../../helpers/cli.js';
import { firstPrincipal, firstProject, gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import type { CredentialKind } from '../../stand-ins/gce/front/credentials.js';
import { Bench } from './bench.js';
import { forgetSecrets, openBundle } from './driver-world.js';

const robot = { email: `robot@${firstProject}.iam.gserviceaccount.com` };

/** Through the program: the SDK looks for credentials in the environment and in the folder of its user. */
describe('google: credentials', () => {
  let cloud: GceStandIn;
  let bench: Bench;
  let dir: string;

  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  beforeEach(async () => {
    await cloud.reset({ principals: [firstPrincipal, robot] });
    bench = await Bench.open(cloud);
    dir = await mkdtemp(join(tmpdir(), 'tsmachine-google-'));
  });
  afterEach(async () => {
    await bench.close();
    await rm(dir, { recursive: true, force: true });
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const gc = (env: Record<string, string>, ...flags: string[]) => {
    const nobody = { GOOGLE_APPLICATION_CREDENTIALS: '', GOOGLE_AUTH_ENCODED_JSON: '', GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: '' };
    const place = { HOME: dir, TSMACHINE_STATE_DIR: join(dir, 'state') };
    return tsmachine(['gc', '-d', 'google', '--dry-run', ...flags], { store: join(dir, 'store'), env: { ...nobody, ...place, ...env } });
  };
  const askedAs = async () => [
    ...new Set((await cloud.calls()).filter(({ service }) => service === 'compute').map(({ principal }) => principal)),
  ];

  const kinds: readonly (readonly [CredentialKind, string])[] = [
    ['external', firstPrincipal.email],
    ['impersonated', robot.email],
    ['metadata', firstPrincipal.email],
    ['service-account', robot.email],
  ];
  for (const [kind, email] of kinds)
    it(`of the kind ${kind} are found by themselves`, async () => {
      const principal = kind === 'service-account' ? robot : firstPrincipal;
      const env = cloud.env(dir, { kind, principal, ...(kind === 'impersonated' ? { as: robot.email } : {}) });
      const { code, stderr, stdout } = await gc(env);
      expect(code, stderr).to.equal(0);
      expect(stderr + stdout).to.include("looked with Google's application-default credentials, in the project stand-in-project");
      expect(await askedAs()).to.deep.equal([email]);
    });

  it('are taken as JSON in base64 from a flag of any command, and shown by none', async () => {
    const { GOOGLE_APPLICATION_CREDENTIALS: file = '', ...env } = cloud.env(dir, { kind: 'service-account', principal: robot });
    const json = await readFile(file, 'utf8');
    const { code, stderr, stdout } = await gc(env, '--debug', '--google-auth-encoded-json', Buffer.from(json).toString('base64'));
    expect(code, stderr).to.equal(0);
    expect(await askedAs()).to.deep.equal([robot.email]);
    const { private_key: key } = JSON.parse(json) as { private_key: string };
    for (const form of [key, key.replaceAll('\n', '\\n'), Buffer.from(json).toString('base64').slice(0, 40)])
      expect(stderr + stdout).not.to.include(form);
  });

  it('that are missing are told, with the command that brings them', async () => {
    const { GOOGLE_APPLICATION_CREDENTIALS: _file, ...env } = cloud.env(dir);
    const { code, stderr } = await gc({ ...env, METADATA_SERVER_DETECTION: 'none' });
    expect(code).to.equal(1);
    expect(stderr).to.include('gcloud auth application-default login');
  });

  it('need a project where no machine says one', async () => {
    const { code, stderr } = await gc({ ...cloud.env(dir), GOOGLE_PROJECT: '' });
    expect(code).not.to.equal(0);
    expect(stderr).to.include('give --google-project or set GOOGLE_PROJECT');
  });

  it('whose token is taken no more bring another one', async () => {
    const machine = await bench.machine('m1');
    await machine.create();
    await cloud.fault({ kind: 'error', action: 'instances.get', status: 401, reason: 'authError' });
    expect((await machine.look()).state).to.equal('Running');
    expect((await cloud.calls()).filter(({ action }) => action === 'exchange').length).to.be.at.least(1);
  });

  it('of two projects are two accounts, which are looked at apart', () => {
    const driver = googleOver({ open: openBundle() });
    const account = (project: string) => driver.account?.({ Project: project }, bench.secrets);
    expect(account('one-project')).not.to.equal(account('two-project'));
  });
});
