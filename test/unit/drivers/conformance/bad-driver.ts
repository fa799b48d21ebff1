import { randomUUID } from 'node:crypto';

import { TsmachineError } from '../../../../src/base/errors.js';
import type { Driver, DriverContext, LedgerEntry } from '../../../../src/driver/contract.js';
import { checkFields, flag, text } from '../../../../src/driver/kit/check.js';
import { fakeDriver } from '../../../helpers/fake-cloud-driver.js';
import type { FakeCloud } from '../../../stand-ins/fake-cloud.js';

/** A driver with one mistake, and the rule that it breaks. */
export interface BadDriver {
  readonly mistake: string;
  readonly rule: string;
  readonly open: (cloud: FakeCloud) => Driver;
}

/** Removes what nobody uses any more, and writes nothing down. */
const forgetful: DriverContext['released'] = async (_entry, remove) => {
  await remove?.();
};

function bad(rule: string, mistake: string, change: (good: Driver, cloud: FakeCloud) => Partial<Driver>): BadDriver {
  return {
    rule,
    mistake,
    open(cloud) {
      const good = fakeDriver(cloud);
      return { ...good, ...change(good, cloud) };
    },
  };
}

/** Fields that a bad driver adds, which are checked as they should be. */
const withField = (good: Driver, field: string, rule = flag): Pick<Driver, 'check'> => ({
  check(data, machine) {
    good.check(data, machine);
    checkFields(data, { [field]: rule });
  },
});

const contextWith = (ctx: DriverContext, change: Partial<DriverContext>): DriverContext => ({ ...ctx, ...change });

export const badDrivers: readonly BadDriver[] = [
  bad('every flag is in the data or is secret, and the data outlives being written as JSON', 'forgets a flag', (good) => ({
    parse: async (input) => ({ ...(await good.parse(input)), Region: 'north' }),
  })),
  bad('every flag is in the data or is secret, and the data outlives being written as JSON', 'keeps what JSON cannot hold', (good) => ({
    parse: async (input) => ({ ...(await good.parse(input)), Since: undefined }),
  })),
  bad('secrets stay out of the data, the ledger and what is said', 'keeps a secret', (good) => ({
    ...withField(good, 'Token', text),
    async create(data, ctx) {
      await ctx.keep({ Token: ctx.secrets['fake-token'] });
      await good.create(data, ctx);
    },
  })),
  bad('secrets stay out of the data, the ledger and what is said', 'says a secret', (good) => ({
    async create(data, ctx) {
      ctx.io.debug(`logging in with ${String(ctx.secrets['fake-token'])}`);
      await good.create(data, ctx);
    },
  })),
  bad('check accepts what parse and create wrote, and what other versions wrote', "refuses somebody else's field", (good) => ({
    check(data, machine) {
      good.check(data, machine);
      if ('SomebodyElses' in data) throw new TsmachineError('CONFIG_UNREADABLE', 'Driver.SomebodyElses is unknown');
    },
  })),
  bad('check refuses hostile data and names the field', 'does not look at a field', (good) => ({
    check({ SSHUser: _user, ...data }, machine) {
      good.check(data, machine);
    },
  })),
  bad('check refuses hostile data and names the field', 'does not name the field', (good) => ({
    check(data, machine) {
      try {
        good.check(data, machine);
      } catch (error) {
        throw new TsmachineError('CONFIG_UNREADABLE', 'something is wrong', { cause: error });
      }
    },
  })),
  bad('precheck changes nothing', 'makes a group', (good, cloud) => ({
    async precheck(data, ctx) {
      await good.precheck(data, ctx);
      await cloud.make({ kind: 'group', name: 'tsmachine', labels: {}, token: '' });
    },
  })),
  bad('precheck changes nothing', 'writes a file', (good) => ({
    async precheck(data, ctx) {
      await good.precheck(data, ctx);
      await ctx.files.write(`${ctx.machineDir}/checked`, '', 0o600);
    },
  })),
  bad('create, repeated, makes nothing again', 'makes another volume', (good, cloud) => ({
    async create(data, ctx) {
      const { store, machine } = await ctx.owner();
      const isMade = ctx.data()['InstanceId'] !== '';
      await good.create(data, ctx);
      const labels = { by: 'tsmachine', store, machine };
      if (isMade) await cloud.make({ kind: 'volume', name: 'more', labels, token: '' });
    },
    async remove(data, ctx) {
      const { machine } = await ctx.owner();
      for (const { id } of await cloud.list({ machine })) await cloud.delete(id);
      return good.remove(data, ctx);
    },
  })),
  bad(
    'create goes on after every write of its data and of its ledger, and makes no second machine',
    'stumbles over its own mark',
    (good) => ({
      ...withField(good, 'Half'),
      async create(data, ctx) {
        if (ctx.data()['Half'] === true) throw new Error('there is half a machine already');
        await ctx.keep({ Half: true });
        await ctx.keep({ Half: undefined });
        await good.create(data, ctx);
      },
    }),
  ),
  bad(
    'create goes on after every call that failed and every answer that was lost, and makes no second machine',
    'neither gives the token nor looks for labels',
    (good) => ({
      create: (data, ctx) =>
        good.create(
          data,
          contextWith(ctx, {
            resource: (key, wanted, calls) =>
              ctx.resource(key, wanted, {
                ...calls,
                find: async (entry: LedgerEntry) => (key === 'instance' && entry.id === undefined ? undefined : calls.find(entry)),
                make: (request, token, note) => calls.make(request, key === 'instance' ? randomUUID() : token, note),
              }),
          }),
        ),
    }),
  ),
  bad('remove may be repeated, and called before create', 'fails when there is nothing', (good) => ({
    ...withField(good, 'Made'),
    async create(data, ctx) {
      if (ctx.data()['Made'] !== true) await ctx.keep({ Made: true });
      await good.create(data, ctx);
    },
    async remove(data, ctx) {
      if (ctx.data()['Made'] !== true) throw new Error('there is no such machine');
      return good.remove(data, ctx);
    },
  })),
  bad('remove leaves nothing, in the world or in the ledger', 'forgets the ledger', (good) => ({
    ...withField(good, 'Done'),
    async create(data, ctx) {
      await good.create(data, ctx);
      if (ctx.data()['Done'] !== true) await ctx.keep({ Done: true });
    },
    remove: (data, ctx) => good.remove(data, ctx.data()['Done'] === true ? contextWith(ctx, { released: forgetful }) : ctx),
  })),
  bad('remove leaves nothing of half a machine', 'does not look for what has no id yet', (good) => ({
    async remove(data, ctx) {
      for (const entry of await ctx.resources()) if (entry.id === undefined) await ctx.released(entry);
      return good.remove(data, ctx);
    },
  })),
  bad('remove goes on after every call that failed and every answer that was lost', 'forgets before it deletes', (good) => ({
    async remove(data, ctx) {
      const entries = await ctx.resources();
      for (const entry of entries) await ctx.released(entry);
      return good.remove(data, contextWith(ctx, { resources: () => Promise.resolve(entries), released: forgetful }));
    },
  })),
  bad('nothing foreign is touched', "deletes every store's volumes", (good, cloud) => ({
    async remove(data, ctx) {
      const done = await good.remove(data, ctx);
      for (const { id, kind } of await cloud.list({ by: 'tsmachine' })) if (kind === 'volume') await cloud.delete(id);
      return done;
    },
  })),
  bad('look, lookAll and where agree', 'says less of many', (good) => ({
    async lookAll(machines, ctx) {
      const all = await good.lookAll?.(machines, ctx);
      return new Map(
        [...(all ?? [])].map(([name, look]) => [name, 'state' in look ? { state: look.state, addresses: look.addresses } : look]),
      );
    },
  })),
  bad('look, lookAll and where agree', 'leaves one out', (good) => ({
    async lookAll(machines, ctx) {
      const all = new Map((await good.lookAll?.(machines, ctx)) ?? []);
      all.delete('m3');
      return all;
    },
  })),
  bad('look, lookAll and where agree', 'writes down another address', (good) => ({
    where: (data, ctx) => ({ ...good.where?.(data, ctx), addresses: [{ ip: '198.51.100.1', scope: 'public' }] }),
  })),
  bad('look says what start, stop and kill did, and has a dockerUrl only while the machine runs', 'does not kill', () => ({
    kill: () => Promise.resolve(),
  })),
  bad('an aborted signal ends every call', 'takes being cancelled for a success', (good) => ({
    stop: (data, ctx) => good.stop(data, ctx).catch(() => undefined),
  })),
  bad('an aborted signal ends every call', 'goes on waiting', (good) => ({
    stop: (data, ctx) => good.stop(data, ctx).catch(() => new Promise<never>(() => undefined)),
  })),
  bad('leftovers lists what create made, whose it is, and nothing foreign', "lists somebody else's", (good, cloud) => ({
    leftovers: async (ctx) => [
      ...((await good.leftovers?.(ctx)) ?? []),
      ...(await cloud.list({ by: 'hand' })).map(({ kind, id }) => ({ kind, id })),
    ],
  })),
  bad('discard may be repeated, leaves nothing of what was left over, and spares the rest', 'fails when it is gone', (_good, cloud) => ({
    discard: (leftover) => cloud.delete(leftover.id),
  })),
];
