import { TsmachineError } from '../../src/base/errors.js';
import { textOf } from '../../src/driver/kit/data.js';
import type { Driver, DriverContext, DriverData, Endpoint } from '../../src/driver/contract.js';
import { checkConfig, parseConfig } from './config.js';

export const none: Driver = {
  parse: async (input) => parseConfig(input),
  check: checkConfig,
  precheck: () => Promise.resolve(),
  create: () => Promise.resolve(),
  look: (data) => Promise.resolve({ state: 'Running', ...endpoint(data) }),
  where: endpoint,
  start: (_data, ctx) => refuse(ctx, 'started'),
  stop: (_data, ctx) => refuse(ctx, 'stopped'),
  kill: (_data, ctx) => refuse(ctx, 'killed'),
  restart: (_data, ctx) => refuse(ctx, 'restarted'),
  remove: () => Promise.resolve({ left: [] }),
};

function endpoint(data: DriverData): Endpoint {
  const url = textOf(data, 'URL');
  return { addresses: addressesOf(url), dockerUrl: url };
}

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
