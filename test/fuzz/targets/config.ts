import { readFileSync, readdirSync } from 'node:fs';

import { fromJson } from '../../../src/cli/format/json-values.js';
import { DriverPool } from '../../../src/machine/access/driver-pool.js';
import { newHostConfig, parseHostConfig, serializeHostConfig, type HostConfig } from '../../../src/store/config/schema.js';
import { driverNames } from '../../../src/machine/access/driver-registry.js';
import { changedJson } from '../mutation.js';
import type { Target } from '../target.js';

const folder = new URL('../../fixtures/docker-machine-store/machines/', import.meta.url);
const root = '/home/ann/.docker/machine';
const machineDir = `${root}/machines/m1`;
const base = {
  IPAddress: '192.0.2.7',
  MachineName: 'm1',
  SSHUser: 'root',
  SSHPort: 22,
  SSHKeyPath: `${machineDir}/id_rsa`,
  StorePath: root,
};
const own: Readonly<Record<string, object>> = {
  nspawn: { Id: 'tsm-1', Address: '10.210.0.2', Suite: 'trixie', Memory: 512 },
  virtualbox: { VmId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', CPU: 1, Memory: 1024, DiskSize: 20000 },
  hyperv: { VmId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', CPU: 1, MemSize: 1024, DiskSize: 20000 },
  none: { URL: 'tcp://192.0.2.7:2376' },
};

/** config.json with the data of every driver: read, checked by the driver, written, and read again. */
export const config: Target = {
  name: 'config',
  share: 8,
  async open() {
    const { signal } = new AbortController();
    const pool = new DriverPool({ env: {}, signal });
    const opened = await Promise.all(driverNames().map((name) => pool.open(name)));
    const drivers = new Map(opened.map(({ name, driver }) => [name, driver]));
    const fixtures = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(`${name}/config.json`, folder), 'utf8')) as unknown);
    const ours = driverNames().map((driverName) =>
      newHostConfig({ name: 'm1', root, driverName, driver: { ...base, ...own[driverName] }, engine: {}, serverCertSans: ['a.example'] }),
    );
    const samples = [...fixtures, ...ours];
    const read = (text: string): HostConfig => parseHostConfig(text, { root, name: 'm1', path: `${machineDir}/config.json` }).config;
    return {
      make: (chance) => changedJson(chance.pick(samples), chance),
      take(input) {
        const found = read(String(input));
        const written = serializeHostConfig(found);
        if (serializeHostConfig(read(written)) !== written) throw new Error('what is written is read as something else');
        fromJson({ ...found });
        drivers.get(found.DriverName)?.check(found.Driver, { machineDir });
      },
    };
  },
};
