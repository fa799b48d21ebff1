import { TsmachineError } from '../../src/base/errors.js';
import { textOf } from '../../src/driver/kit/data.js';
import type { Driver, DriverContext } from '../../src/driver/contract.js';
import { parseConfig } from './config.js';

export const none: Driver = {
  parse: parseConfig,
  precheck: () => Promise.resolve(),
  create: (data) => Promise.resolve(data),
  state: () => Promise.resolve('Running'),
  endpoint(data) {
    const url = textOf(data, 'URL');
    return Promise.resolve({ addresses: addressesOf(url), dockerUrl: url });
  },
  start: (_data, ctx) => refuse(ctx, 'started'),
  stop: (_data, ctx) => refuse(ctx, 'stopped'),
  kill: (_data, ctx) => refuse(ctx, 'killed'),
  restart: (_data, ctx) => refuse(ctx, 'restarted'),
  remove: () => Promise.resolve(),
};

function addressesOf(url: string): { ip: string; scope: 'private' }[] {
  if (!url.startsWith('tcp://')) return [];
  const host = new URL(url.replace(/^tcp:/, 'http:')).hostname.replace(/^\[|\]$/g, '');
  return [{ ip: host, scope: 'private' }];
}

function refuse(ctx: DriverContext, verb: string): Promise<never> {
  return Promise.reject(
    new TsmachineError('DRIVER_NO_POWER', `hosts without a driver cannot be ${verb}`, {
      hint: `${ctx.machineName} is only a URL: do it where that engine runs`,
    }),
  );
}
