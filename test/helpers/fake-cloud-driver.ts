import { TsmachineError } from '../../src/base/errors.js';
import type {
  Driver,
  DriverContext,
  DriverData,
  DriverModule,
  Endpoint,
  FlagSpec,
  LedgerEntry,
  Look,
  Owner,
} from '../../src/driver/contract.js';
import { baseRules, checkFields, id, inside, number, oneOf, optional } from '../../src/driver/kit/check.js';
import { baseData, intFlag, textFlag, textOf } from '../../src/driver/kit/data.js';
import { InUse, NoSuchThing, type CloudKind, type CloudThing, type FakeCloud } from '../stand-ins/fake-cloud.js';

const flags: readonly FlagSpec[] = [
  { name: 'fake-token', type: 'string', env: 'FAKE_TOKEN', secret: true, usage: 'Token of the account' },
  { name: 'fake-region', type: 'string', default: 'north', usage: 'Where machines are made' },
  { name: 'fake-disk-size', type: 'int', default: 10, usage: 'Size of the disk in GB' },
];

const regions = ['north', 'south'];

export const fakeModule: DriverModule = {
  name: 'fake',
  contract: 2,
  summary: 'A cloud in memory',
  describe: () => Promise.resolve({ flags, features: { provision: true, powerControl: true, ownsHost: true, hostKeyKnown: true } }),
  open: () => Promise.reject(new Error('the test opens it over a cloud')),
};

/** A driver of a cloud: a group for each store, a volume and an instance for each machine. */
export function fakeDriver(cloud: FakeCloud): Driver {
  return {
    async parse(input) {
      const region = textFlag(input.flags, 'fake-region');
      if (!regions.includes(region)) throw new TsmachineError('FLAG_INVALID', `--fake-region must be one of ${regions.join(', ')}`);
      return Promise.resolve({
        ...baseData(input, { sshUser: 'debian', sshPort: 22, sshKeyPath: `${input.machineDir}/id_ed25519` }),
        Region: region,
        DiskSize: intFlag(input.flags, 'fake-disk-size', { min: 1, max: 1000 }),
        InstanceId: '',
      });
    },
    check(data, { machineDir }) {
      checkFields(data, {
        ...baseRules,
        SSHKeyPath: optional(inside(machineDir)),
        Region: oneOf(regions),
        DiskSize: number(1, 1000),
        InstanceId: optional(id),
      });
    },
    precheck: async (_data, ctx) => {
      ctx.signal.throwIfAborted();
      await cloud.list({ nothing: 'at all' });
    },
    create: (_data, ctx) => create(cloud, ctx),
    look: async (data) => {
      const instance = textOf(data, 'InstanceId');
      return lookAt(data, instance === '' ? undefined : await cloud.get(instance));
    },
    where: (data) => endpoint(data),
    async lookAll(machines) {
      const things = new Map((await cloud.list({ by: 'tsmachine' })).map((thing) => [thing.id, thing]));
      return new Map([...machines].map(([name, data]) => [name, lookAt(data, things.get(textOf(data, 'InstanceId')))]));
    },
    start: (data) => cloud.power(textOf(data, 'InstanceId'), 'running'),
    stop: (data) => cloud.power(textOf(data, 'InstanceId'), 'stopped'),
    kill: (data) => cloud.power(textOf(data, 'InstanceId'), 'stopped'),
    remove: (_data, ctx) => remove(cloud, ctx),
    async leftovers() {
      const things = (await cloud.list({ by: 'tsmachine' })).sort((one, other) => order(one) - order(other));
      return things.map(({ id: thing, kind, name, labels, since }) => ({
        kind,
        id: thing,
        name,
        owner: {
          ...(labels['store'] === undefined ? {} : { store: labels['store'] }),
          ...(labels['machine'] === undefined ? {} : { machine: labels['machine'] }),
        },
        createdAt: since,
      }));
    },
    discard: (leftover) => gone(cloud.delete(leftover.id)),
    account: (data) => textOf(data, 'Region'),
  };
}

function labelsOf(owner: Owner, scope: LedgerEntry['scope'], key: string): Record<string, string> {
  return { by: 'tsmachine', store: owner.store, key, ...(scope === 'machine' ? { machine: owner.machine } : {}) };
}

async function create(cloud: FakeCloud, ctx: DriverContext): Promise<void> {
  const owner = await ctx.owner();
  await ctx.identity();
  const find = (kind: CloudKind) => async (entry: LedgerEntry) => {
    if (entry.id !== undefined) return (await cloud.get(entry.id))?.id;
    const found = await cloud.list(labelsOf(owner, entry.scope, entry.key));
    return found.find((thing) => thing.kind === kind)?.id;
  };
  const group = await ctx.resource(
    'group',
    { kind: 'group', scope: 'store', request: {} },
    {
      find: find('group'),
      make: (_request, token) => cloud.make({ kind: 'group', name: 'tsmachine', labels: labelsOf(owner, 'store', 'group'), token }),
    },
  );
  const volume = await ctx.resource(
    'volume',
    { kind: 'volume', scope: 'machine', request: { size: ctx.data()['DiskSize'] } },
    {
      find: find('volume'),
      make: (_request, token) => cloud.make({ kind: 'volume', name: ctx.machineName, labels: labelsOf(owner, 'machine', 'volume'), token }),
    },
  );
  const instance = await ctx.resource(
    'instance',
    { kind: 'instance', scope: 'machine', request: { volume } },
    {
      find: find('instance'),
      async make(_request, token, note) {
        const labels = { ...labelsOf(owner, 'machine', 'instance'), group };
        const operation = await cloud.begin({ kind: 'instance', name: ctx.machineName, labels, token });
        await note(operation);
        return cloud.wait(operation);
      },
      resume: (operation) => cloud.wait(operation),
    },
  );
  if (ctx.data()['InstanceId'] !== instance) await ctx.keep({ InstanceId: instance });
  const made = await cloud.get(instance);
  if (ctx.data()['IPAddress'] !== made?.ip) await ctx.keep({ IPAddress: made?.ip ?? '' });
}

async function remove(cloud: FakeCloud, ctx: DriverContext): Promise<{ left: [] }> {
  const owner = await ctx.owner();
  for (const entry of [...(await ctx.resources())].sort((one, other) => order(one) - order(other))) {
    const things =
      entry.id === undefined ? (await cloud.list(labelsOf(owner, entry.scope, entry.key))).map((thing) => thing.id) : [entry.id];
    const removed = async () => {
      try {
        for (const thing of things) await gone(cloud.delete(thing));
      } catch (error) {
        if (!(error instanceof InUse)) throw error; // something that is none of ours uses it
      }
      return true;
    };
    if (entry.scope === 'store') await ctx.released(entry, removed);
    else if (await removed()) await ctx.released(entry);
  }
  await ctx.keep({ InstanceId: '', IPAddress: '' });
  return { left: [] };
}

/** Instances first: what they use cannot be deleted before them. */
function order({ kind }: { readonly kind: string }): number {
  return ['instance', 'volume', 'group'].indexOf(kind);
}

async function gone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof NoSuchThing)) throw error;
  }
}

function lookAt(data: DriverData, thing: CloudThing | undefined): Look {
  const { dockerUrl, ...reached } = endpoint(data);
  if (!thing) return { state: 'None', ...reached, why: { code: 'gone', text: 'there is no such instance' } };
  if (thing.state === 'stopped') return { state: 'Stopped', ...reached, why: { code: 'stopped', text: 'it is switched off' } };
  return { state: 'Running', ...reached, ...(dockerUrl === undefined ? {} : { dockerUrl }) };
}

function endpoint(data: DriverData): Endpoint {
  const ip = textOf(data, 'IPAddress');
  if (ip === '') return { addresses: [] };
  return {
    addresses: [{ ip, scope: 'public' }],
    ssh: { host: ip, port: 22, user: 'debian', keyPath: textOf(data, 'SSHKeyPath') },
    dockerUrl: `tcp://${ip}:2376`,
  };
}
