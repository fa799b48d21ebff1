import { expect } from 'chai';

import { newHostConfig, parseHostConfig } from '../../../../src/store/config/schema.js';

const root = '/srv/store';
const old = '/Users/ann/.docker/machine';
const parse = (document: object) => parseHostConfig(JSON.stringify(document), { path: 'config.json', root, name: 'dev' });
const fresh = newHostConfig({ name: 'dev', root, driverName: 'virtualbox', driver: {}, engine: {}, serverCertSans: [] }).HostOptions;

const driver = { MachineName: 'dev', SSHUser: 'docker', SSHPort: 49153, CPU: -1, Memory: 1024, Big: 20000 };
const certificates = {
  CaCertPath: `${old}/certs/ca.pem`,
  PrivateKeyPath: `${old}/certs/ca-key.pem`,
  ServerCertPath: `${old}/machines/dev/server.pem`,
  ServerKeyPath: `${old}/machines/dev/server-key.pem`,
  ClientKeyPath: `${old}/certs/key.pem`,
  ClientCertPath: `${old}/certs/cert.pem`,
};

describe('migrations', () => {
  it('version 0: flat fields become options, paths those of this store', () => {
    const { config, migratedFrom } = parse({
      DriverName: 'virtualbox',
      Driver: driver,
      StorePath: `${old}/machines/dev`,
      ...certificates,
      SwarmHost: 'tcp://0.0.0.0:3377',
      SwarmMaster: true,
      SwarmDiscovery: 'token://abc',
      HostOptions: { EngineOptions: { Labels: ['ignored'] } },
      RawDriver: 'e30=',
    });
    expect(migratedFrom).to.equal(0);
    expect(config).to.deep.equal({
      ConfigVersion: 3,
      Driver: { ...driver, StorePath: root },
      DriverName: 'virtualbox',
      HostOptions: {
        ...fresh,
        SwarmOptions: { ...fresh.SwarmOptions, Discovery: 'token://abc', Host: 'tcp://0.0.0.0:3377', Master: true },
      },
      Name: 'dev',
    });
  });

  it('version 1: the CA key gets its name, nested options stay', () => {
    const { config, migratedFrom } = parse({
      ConfigVersion: 1,
      DriverName: 'virtualbox',
      Driver: driver,
      StorePath: `${old}/machines/dev`,
      HostOptions: {
        Memory: 5,
        EngineOptions: { ...fresh.EngineOptions, Labels: ['a=b'] },
        SwarmOptions: { ...fresh.SwarmOptions, IsSwarm: true },
        AuthOptions: { StorePath: `${old}/machines/dev`, ...certificates },
      },
    });
    expect(migratedFrom).to.equal(1);
    expect(config.HostOptions).to.deep.equal({
      ...fresh,
      Memory: 5,
      EngineOptions: { ...fresh.EngineOptions, Labels: ['a=b'] },
      SwarmOptions: { ...fresh.SwarmOptions, IsSwarm: true },
    });
    expect(config.Driver).to.deep.equal({ ...driver, StorePath: root });
  });

  it('version 2: the driver gets the store, the rest stays', () => {
    const { PrivateKeyPath, ...others } = certificates;
    const { config, migratedFrom } = parse({
      ConfigVersion: 2,
      DriverName: 'virtualbox',
      Name: 'dev',
      Future: 1,
      StorePath: `${old}/machines/dev`,
      Driver: { ...driver, StorePath: `${old}/machines/dev` },
      HostOptions: {
        ...fresh,
        AuthOptions: {
          ...fresh.AuthOptions,
          ...others,
          CaPrivateKeyPath: PrivateKeyPath,
          CertDir: `${old}/certs`,
          StorePath: old,
          ServerCertSANs: ['x'],
        },
      },
    });
    expect(migratedFrom).to.equal(2);
    expect(config).to.deep.equal({
      ConfigVersion: 3,
      Driver: { ...driver, StorePath: root },
      DriverName: 'virtualbox',
      HostOptions: { ...fresh, AuthOptions: { ...fresh.AuthOptions, ServerCertSANs: ['x'] } },
      Name: 'dev',
      Future: 1,
    });
  });

  it("keeps the user's own certificates", () => {
    const { config } = parse({
      DriverName: 'virtualbox',
      Driver: driver,
      StorePath: `${old}/machines/dev`,
      ...certificates,
      CaCertPath: '/etc/pki/ca.pem',
    });
    expect(config.HostOptions.AuthOptions.CaCertPath).to.equal('/etc/pki/ca.pem');
  });

  it('does without every path', () => {
    for (const ConfigVersion of [0, 1, 2]) {
      const { config } = parse({ ConfigVersion, DriverName: 'none', Driver: { URL: 'tcp://1.2.3.4:2376' } });
      expect(config.HostOptions, String(ConfigVersion)).to.deep.equal(fresh);
      expect(config.Driver).to.deep.equal({ URL: 'tcp://1.2.3.4:2376', StorePath: root });
    }
  });
});
