import { plain } from '../../../../src/base/text.js';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { newHostConfig, parseHostConfig, serializeHostConfig, type HostConfig } from '../../../../src/store/config/schema.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';

const recordedRoot = '/home/ann/.docker/machine';
const machines = fileURLToPath(new URL('../../../fixtures/docker-machine-store/machines', import.meta.url));
const fixture = (name: string) => readFileSync(`${machines}/${name}/config.json`, 'utf8');
const parse = (text: string, name = 'one', root = recordedRoot) =>
  parseHostConfig(text, {
    path: `${root}/machines/${name}/config.json`,
    root,
    name,
  });
const parseObject = (document: object, name = 'one') => parse(JSON.stringify(document), name).config;

type Loose = Record<string, unknown>;

/** A document as loose JSON, for tests to change. */
function document(name = 'one'): Loose & { Driver: Loose; HostOptions: Record<string, Loose | null> } {
  return JSON.parse(fixture(name)) as ReturnType<typeof document>;
}

describe('config.json of Docker Machine', () => {
  for (const name of ['one', 'g-ubuntu22', 'vb1']) {
    it(`is written back byte for byte (${name})`, () => {
      const { config, migratedFrom } = parse(fixture(name), name);
      expect(migratedFrom).to.equal(undefined);
      expect(serializeHostConfig(config)).to.equal(fixture(name));
    });
  }

  it('is refused when its values are nested without end', async () => {
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    const error = await failureOf(() => parse(`{"ConfigVersion":3,"DriverName":"none","Driver":{"x":${deep}}}`));
    expect(error).to.include({ code: 'CONFIG_UNREADABLE' });
    expect(error.message).to.match(/^Cannot read .*config\.json: its values are nested more than 200 deep$/);
  });

  it('is what a new machine gets', () => {
    const config = newHostConfig({
      name: 'one',
      root: recordedRoot,
      driverName: 'none',
      driver: document().Driver,
      engine: {},
      serverCertSans: [],
    });
    expect(serializeHostConfig(config)).to.equal(fixture('one'));
  });

  it('holds what was asked for', () => {
    const { HostOptions } = newHostConfig({
      name: 'm',
      root: '/s',
      driverName: 'generic',
      driver: {},
      engine: { Labels: ['a=b'] },
      swarm: { IsSwarm: true, Discovery: 'token://x' },
      serverCertSans: ['extra'],
      auth: { caCert: '/my/ca.pem', clientKey: '/my/key.pem' },
    });
    expect(HostOptions.EngineOptions).to.deep.include({ Labels: ['a=b'], TlsVerify: true, InstallURL: 'https://get.docker.com' });
    expect(HostOptions.SwarmOptions).to.deep.include({ IsSwarm: true, Discovery: 'token://x', Host: 'tcp://0.0.0.0:3376' });
    expect(HostOptions.AuthOptions).to.deep.include({
      CaCertPath: '/my/ca.pem',
      CaPrivateKeyPath: '/s/certs/ca-key.pem',
      ClientCertPath: '/s/certs/cert.pem',
      ClientKeyPath: '/my/key.pem',
      ServerCertSANs: ['extra'],
      ServerCertPath: '/s/machines/m/server.pem',
      StorePath: '/s/machines/m',
    });
  });

  it('escapes what Go escapes', () => {
    const config = { ...parse(fixture('one')).config, DriverName: '<a>&b\u2028' };
    const text = serializeHostConfig(config);
    expect(text).to.contain('"DriverName": "\\u003ca\\u003e\\u0026b\\u2028"');
    expect(parse(text).config.DriverName).to.equal('<a>&b\u2028');
  });
});

describe('parseHostConfig', () => {
  it('keeps unknown fields at every level, behind the known ones', () => {
    const given = document();
    Object.assign(given, { Future: { a: [1] }, RawDriver: 'e30=' });
    Object.assign(given.Driver, { Own: { deep: null } });
    Object.assign(given.HostOptions, { CustomInstallScript: 'x' });
    for (const part of ['EngineOptions', 'SwarmOptions', 'AuthOptions']) Object.assign(given.HostOptions[part] ?? {}, { Extra: part });
    const text = serializeHostConfig(parseObject(given));
    const written = JSON.parse(text) as typeof given;
    expect(written['Future']).to.deep.equal({ a: [1] });
    expect(written['RawDriver']).to.equal(undefined);
    expect(written.Driver['Own']).to.deep.equal({ deep: null });
    expect(written.HostOptions['CustomInstallScript']).to.equal('x');
    for (const part of ['EngineOptions', 'SwarmOptions', 'AuthOptions']) {
      expect(written.HostOptions[part]?.['Extra']).to.equal(part);
      expect(Object.keys(written.HostOptions[part] ?? {}).at(-1)).to.equal('Extra');
    }
    expect(Object.keys(written)).to.deep.equal(['ConfigVersion', 'Driver', 'DriverName', 'HostOptions', 'Name', 'Future']);
  });

  it('puts known fields in order, whatever order the file has', () => {
    const reversed = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, key === 'Driver' ? inner : reversed(inner)]),
          )
        : value;
    expect(serializeHostConfig(parse(JSON.stringify(reversed(document()))).config)).to.equal(fixture('one'));
  });

  it('reads keys in any case, as Go does, the exact one before others', () => {
    const lower = fixture('g-ubuntu22').replace(/"(\w+)":/g, (_, key: string) => `"${key.toLowerCase()}":`);
    const { Driver, ...rest } = parse(lower, 'g-ubuntu22').config;
    const { Driver: _expected, ...standard } = parse(fixture('g-ubuntu22'), 'g-ubuntu22').config;
    expect(rest).to.deep.equal(standard);
    expect(Driver).to.include({ ipaddress: '127.0.0.1', StorePath: recordedRoot });
    const twice = fixture('one').replace('"DriverName": "none"', '"DriverName": "none", "drivername": "wrong"');
    for (const text of [twice, twice.replace('"Name"', '"name"')]) expect(parse(text).config.DriverName).to.equal('none');
  });

  it('takes null and missing options for the defaults', () => {
    const fresh = newHostConfig({
      name: 'one',
      root: recordedRoot,
      driverName: 'none',
      driver: {},
      engine: {},
      serverCertSans: [],
    }).HostOptions;
    for (const part of ['EngineOptions', 'SwarmOptions', 'AuthOptions'] as const) {
      for (const value of [null, undefined, {}]) {
        const given = document('g-ubuntu22');
        Object.assign(given.HostOptions, { [part]: value });
        expect(parseObject(given).HostOptions[part], `${part} ${JSON.stringify(value)}`).to.deep.equal(fresh[part]);
      }
    }
    for (const HostOptions of [null, undefined]) expect(parseObject({ ...document(), HostOptions }).HostOptions).to.deep.equal(fresh);
  });

  it('takes null for an empty list or text', () => {
    const given = document();
    Object.assign(given.HostOptions['EngineOptions'] ?? {}, { Labels: null, Env: null, GraphDir: null, Dns: ['9.9.9.9'] });
    expect(parseObject(given).HostOptions.EngineOptions).to.deep.include({ Labels: [], Env: [], GraphDir: '', Dns: ['9.9.9.9'] });
  });

  it("goes by the folder's name", () => {
    expect(parseObject({ ...document(), Name: 'old' }, 'new').Name).to.equal('new');
    expect(parseObject({ ...document(), Name: undefined }, 'new').Name).to.equal('new');
  });

  it('takes a byte order mark', () => {
    expect(parse(`\uFEFF${fixture('one')}`).config.DriverName).to.equal('none');
  });

  const broken: [string, string, RegExp][] = [
    ['nothing', '', /the file is empty$/],
    ['blanks', ' \n\t', /the file is empty$/],
    ['zero bytes, as a power cut leaves them', '\0'.repeat(2048), /the file is empty$/],
    ['half of it', fixture('one').slice(0, 700), /the file is truncated$/],
    ['half of a text', fixture('one').slice(0, fixture('one').indexOf('none') + 2), /the file is truncated$/],
    ['one brace', '{', /the file is truncated$/],
    ['no JSON', '{\n  "Driver": {},\n  oops\n}', /not JSON \(line 3\)$/],
    ['a word', 'hello', /: it is not JSON$/],
    ['a short text with a mistake', '{"a": x}', /: it is not JSON$/],
    ['a whole text and more', '{}}', /not JSON \(line 1\)$/],
    ['a list', '[]', /expected a JSON object, found a list$/],
    ['a number', '3', /expected a JSON object, found a number$/],
    ['null', 'null', /expected a JSON object, found null$/],
    ['no driver', '{"ConfigVersion":3,"DriverName":"none"}', /Driver: expected an object, found nothing$/],
    ['a null driver', '{"ConfigVersion":3,"DriverName":"none","Driver":null}', /Driver: expected an object, found null$/],
    ['a driver without name', '{"ConfigVersion":3,"Driver":{}}', /DriverName: expected a string, found nothing$/],
    ['an empty driver name', '{"ConfigVersion":3,"Driver":{},"DriverName":""}', /DriverName is empty$/],
    ['a version in words', '{"ConfigVersion":"3"}', /ConfigVersion: expected a whole number, found a string$/],
    ['a negative version', '{"ConfigVersion":-1}', /ConfigVersion: expected a whole number/],
    [
      'options of a wrong kind',
      '{"ConfigVersion":3,"Driver":{},"DriverName":"x","HostOptions":[]}',
      /HostOptions: expected an object, found a list$/,
    ],
    [
      'engine options of a wrong kind',
      '{"ConfigVersion":3,"Driver":{},"DriverName":"x","HostOptions":{"EngineOptions":"x"}}',
      /HostOptions\.EngineOptions: expected an object, found a string$/,
    ],
    [
      'a wrong field',
      '{"ConfigVersion":3,"Driver":{},"DriverName":"x","HostOptions":{"EngineOptions":{"Labels":"a=b"}}}',
      /EngineOptions\.Labels: expected a list of strings, found a string$/,
    ],
    [
      'a list with a number in it',
      '{"ConfigVersion":3,"Driver":{},"DriverName":"x","HostOptions":{"AuthOptions":{"ServerCertSANs":[1]}}}',
      /ServerCertSANs: expected a list of strings/,
    ],
    [
      'a path that is a number',
      '{"ConfigVersion":3,"Driver":{},"DriverName":"x","HostOptions":{"AuthOptions":{"CertDir":1}}}',
      /AuthOptions\.CertDir: expected a string, found a number$/,
    ],
    ['a broken version 0', '{"DriverName":"none"}', /Driver: expected an object, found nothing$/],
  ];
  for (const [what, text, message] of broken) {
    it(`says what is wrong with ${what}`, async () => {
      const error = await failureOf(() => parse(text));
      expect(error.code).to.equal('CONFIG_UNREADABLE');
      expect(error.message).to.match(message).and.to.contain(`${recordedRoot}/machines/one/config.json`);
      expect(hintOf(error)).to.contain('tsmachine rm -f one');
    });
  }

  it('never quotes the file, which may hold secrets', async () => {
    for (const text of [
      '{"SecretKey":"AKIA123" "x"}',
      '{"SecretKey":AKIA123}',
      'AKIA123',
      '{"a":"AKIA123',
      '{"ConfigVersion":3,"DriverName":"x","Driver":"AKIA123"}',
    ]) {
      const error = await failureOf(() => parse(text));
      expect(`${error.message} ${plain(error.hint ?? '')} ${String(error.cause)}`).not.to.contain('AKIA');
    }
  });

  it('refuses the future', async () => {
    const error = await failureOf(() => parse(JSON.stringify({ ...document(), ConfigVersion: 4 })));
    expect(error.code).to.equal('CONFIG_FUTURE');
    expect(error.message).to.contain('version 4').and.to.contain('config.json');
    expect(hintOf(error)).to.contain('Upgrade');
  });
});

describe('a store that was moved', () => {
  const moved = (given: object, name = 'one'): HostConfig => parse(JSON.stringify(given), name, '/srv/machines store').config;

  it('finds its paths where it is now', () => {
    const config = moved(document('vb1'), 'vb1');
    expect(config.Driver).to.include({
      StorePath: '/srv/machines store',
      SSHKeyPath: '/srv/machines store/machines/vb1/id_rsa',
      HostOnlyCIDR: '192.168.99.1/24',
    });
    const expected = newHostConfig({
      name: 'vb1',
      root: '/srv/machines store',
      driverName: 'x',
      driver: {},
      engine: {},
      serverCertSans: [],
    });
    expect(config.HostOptions.AuthOptions).to.deep.equal(expected.HostOptions.AuthOptions);
  });

  it("leaves the user's own files where they are", () => {
    const given = document('vb1');
    Object.assign(given.Driver, { SSHKeyPath: '/home/ann/.ssh/id_ed25519', Other: '/home/ann/.docker/machine2/x' });
    Object.assign(given.HostOptions['AuthOptions'] ?? {}, {
      CaCertPath: '/etc/pki/ca.pem',
      CaPrivateKeyPath: '/home/ann/.docker/ca-key.pem',
      ClientCertPath: 'cert.pem',
    });
    const config = moved(given, 'vb1');
    expect(config.Driver).to.include({ SSHKeyPath: '/home/ann/.ssh/id_ed25519', Other: '/home/ann/.docker/machine2/x' });
    expect(config.HostOptions.AuthOptions).to.include({
      CaCertPath: '/etc/pki/ca.pem',
      CaPrivateKeyPath: '/home/ann/.docker/ca-key.pem',
      ClientCertPath: 'cert.pem',
      ClientKeyPath: '/srv/machines store/certs/key.pem',
    });
  });

  it("follows a machine's folder that was renamed, here or elsewhere", () => {
    const here = parse(JSON.stringify(document('vb1')), 'vb2').config;
    expect(here.Driver).to.include({ SSHKeyPath: `${recordedRoot}/machines/vb2/id_rsa`, MachineName: 'vb1' });
    expect(here.HostOptions.AuthOptions).to.include({
      ServerCertPath: `${recordedRoot}/machines/vb2/server.pem`,
      CaCertPath: `${recordedRoot}/certs/ca.pem`,
    });
    expect(moved(document('vb1'), 'vb2').Driver).to.include({ SSHKeyPath: '/srv/machines store/machines/vb2/id_rsa' });
  });

  it('came from Windows', () => {
    const windows = (path: string) => path.replace(recordedRoot, 'C:/Users/ann/.docker/machine').replaceAll('/', '\\');
    const given = JSON.parse(JSON.stringify(document('vb1')), (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith(recordedRoot) ? windows(value) : value,
    ) as object;
    expect(JSON.stringify(given)).to.contain('C:\\\\Users\\\\ann\\\\.docker\\\\machine\\\\machines\\\\vb1\\\\server.pem');
    const config = moved(given, 'vb1');
    expect(config.Driver).to.include({ SSHKeyPath: '/srv/machines store/machines/vb1/id_rsa' });
    expect(config.HostOptions.AuthOptions).to.include({
      CertDir: '/srv/machines store/certs',
      StorePath: '/srv/machines store/machines/vb1',
    });
  });

  it('maps nothing for a recorded root that tells nothing', () => {
    for (const StorePath of ['', '/', '.', 'relative']) {
      const given = document('vb1');
      Object.assign(given.Driver, { StorePath });
      Object.assign(given.HostOptions['AuthOptions'] ?? {}, { StorePath: '/elsewhere' });
      expect(moved(given, 'vb1').Driver, StorePath).to.include({
        SSHKeyPath: `${recordedRoot}/machines/vb1/id_rsa`,
        StorePath: '/srv/machines store',
      });
    }
  });

  it("puts right what Docker Machine's own migrations left behind", () => {
    const given = document('vb1');
    Object.assign(given.HostOptions['AuthOptions'] ?? {}, { CertDir: 'certs', StorePath: '.', ServerKeyPath: '' });
    const { AuthOptions } = moved(given, 'vb1').HostOptions;
    expect(AuthOptions).to.include({
      CertDir: '/srv/machines store/certs',
      StorePath: '/srv/machines store/machines/vb1',
      ServerKeyPath: '/srv/machines store/machines/vb1/server-key.pem',
    });
    Object.assign(given.HostOptions['AuthOptions'] ?? {}, { StorePath: recordedRoot });
    expect(moved(given, 'vb1').HostOptions.AuthOptions.StorePath).to.equal('/srv/machines store/machines/vb1');
  });
});
