import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import {
  assign,
  openAddresses,
  orphans,
  rangesOf,
  readRegistry,
  release,
  writeRegistry,
  type Registry,
} from '../../../../../drivers/nspawn/network/leases.js';

const cidr = '10.1.0.0/29';
const idOf = (index: number) => `000000000${index}`;
const want = (machineDir: string, ip = '') => ({ machineDir, cidr, ip });

function withMachines(count: number): Registry {
  let registry: Registry = { leases: {} };
  for (let index = 0; index < count; index += 1) registry = assign(registry, idOf(index), want(`/m${index}`)).registry;
  return registry;
}

describe('nspawn leases', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'leases-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('gives the lowest free address, and the same one again', () => {
    const registry = withMachines(3);
    expect(Object.values(registry.leases).map(({ ip }) => ip)).to.deep.equal(['10.1.0.2', '10.1.0.3', '10.1.0.4']);
    expect(assign(registry, idOf(1), want('/m1')).lease.ip).to.equal('10.1.0.3');
    expect(assign(release(registry, idOf(1)), idOf(9), want('/new')).lease.ip).to.equal('10.1.0.3');
  });

  it('gives a machine its old address back unless somebody has it', () => {
    const registry = release(withMachines(3), idOf(2));
    expect(assign(registry, idOf(2), want('/m2', '10.1.0.4')).lease.ip).to.equal('10.1.0.4');
    const taken = assign(registry, idOf(8), want('/other', '10.1.0.4')).registry;
    expect(assign(taken, idOf(2), want('/m2', '10.1.0.4')).lease.ip).to.equal('10.1.0.5');
  });

  it('gives no address that is not of the range, or not for machines', () => {
    for (const ip of ['10.1.0.0', '10.1.0.1', '10.1.0.7', '8.8.8.8', 'x']) {
      expect(assign({ leases: {} }, idOf(0), want('/m0', ip)).lease.ip, ip).to.equal('10.1.0.2');
    }
  });

  it('knows who may be reached from other networks', () => {
    const opened = assign(withMachines(2), idOf(1), { ...want('/m1'), open: true }).registry;
    expect(openAddresses(opened, cidr)).to.deep.equal(['10.1.0.3']);
    expect(openAddresses(assign(opened, idOf(1), want('/m1')).registry, cidr)).to.deep.equal([]);
  });

  it('says when the range is full', () => {
    expect(() => withMachines(6))
      .to.throw('10.1.0.0/29 is full')
      .with.property('hint')
      .that.includes('--nspawn-cidr');
  });

  it('knows ranges in use and machines whose folder is gone', () => {
    const registry = assign(withMachines(1), idOf(7), { machineDir: dir, cidr: '10.2.0.0/24', ip: '' }).registry;
    expect(rangesOf(registry)).to.deep.equal([cidr, '10.2.0.0/24']);
    expect(orphans(registry)).to.deep.equal([idOf(0)]);
  });

  it('keeps the file private, and leaves nothing of an empty registry', async () => {
    const file = join(dir, 'a', 'b', 'leases.json');
    expect(await readRegistry(file)).to.deep.equal({ leases: {} });
    const registry = { ...withMachines(2), before: { bootId: 'b', forwarding: '0', controllers: [] } };
    await writeRegistry(registry, file);
    expect(await readRegistry(file)).to.deep.equal(registry);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    await writeRegistry({ leases: {} }, file);
    expect(await readdir(dir)).to.deep.equal([]);
  });

  const lease = '{"machineDir":"/m","cidr":"10.1.0.0/29","ip":"10.1.0.2"}';
  for (const text of ['', '{', '[]', '{"leases":[{}]}', '{"leases":{"a":{"ip":1}}}', `{"leases":{"x/../../unified":${lease}}}`]) {
    it(`refuses a registry that reads ${text}`, async () => {
      const file = join(dir, 'leases.json');
      await writeFile(file, text);
      const error: unknown = await readRegistry(file).catch((reason: unknown) => reason);
      expect(error).to.have.property('message').that.includes(file);
      expect(await readFile(file, 'utf8')).to.equal(text);
    });
  }
});
