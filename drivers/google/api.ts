import { AsyncLocalStorage } from 'node:async_hooks';

import type { AccountContext } from '../../src/driver/contract.js';
import { repeated, type CallTimes } from '../../src/driver/kit/cloud/call/attempts.js';
import { Connections } from '../../src/driver/kit/cloud/call/connections.js';
import { recalled } from '../../src/driver/kit/cloud/call/recall.js';
import type { Action, Input, Output, Service } from './call/actions.js';
import { accountOf, addressOf, hostOf, type Place } from './call/place.js';
import { refusedCall } from './call/refused.js';
import { secretsOf } from './credentials.js';
import { failureOf, refusal } from './errors.js';
import type { AuthClient, ClientOptions, Door, HttpRequest, ServiceClient } from './sdk.js';
import type * as Sdk from './sdk.js';

export type { Action, Input, Output };

/** Compute Engine in one project: the one door to it. */
export interface Gce {
  readonly place: Place;
  /**
   * One call, within the account's bound, ended by the context's signal. Calls that fail for a reason that passes are repeated, so that
   * those that make something need a `requestId`.
   * @throws TsmachineError DRIVER_FAILED, PROVIDER_BUSY; `refusedOf` tells Google's own reason
   */
  call<A extends Action>(action: A, input: Input<A>): Promise<Output<A>>;
  /**
   * The same for what does not change by itself: an answer that this run had within the last minute will do, also another machine's. The
   * machines of a run that are made together ask once.
   */
  recall<A extends Action>(action: A, input: Input<A>): Promise<Output<A>>;
}

export type Caller = Pick<AccountContext, 'signal' | 'limit' | 'io'>;

/** Opens Compute Engine for a machine or a project; tests bring their own. Loads nothing before the first call. */
export type OpenGce = (place: Place, ctx: Caller) => Gce;

/** Google answers a wait after two minutes at the latest. */
export const timesOf = (action: Action): CallTimes =>
  action.endsWith('.wait')
    ? { attempt: 150_000, total: 300_000, pause: 500 }
    : { attempt: /\.(get|list|aggregatedList)/.test(action) ? 20_000 : 30_000, total: 90_000, pause: 300 };

export const openGoogle: OpenGce = (place, ctx) => openGoogleWith(timesOf)(place, ctx);

/** With other times and another way to the SDK, for tests. */
export const openGoogleWith =
  (times: (action: Action) => CallTimes, load: () => Promise<typeof Sdk> = () => import('./sdk.js')): OpenGce =>
  (place, ctx) => {
    const account = accountOf(place);
    const call = <A extends Action>(action: A, input: Input<A>): Promise<Output<A>> =>
      ctx.limit(account, async () => {
        const request = { project: place.project, ...input };
        try {
          return await repeated(
            async (signal) => (await connections.to(account, async () => connect(place, await load()))).send(action, request, signal),
            { retries: place.retries, times: times(action), signal: ctx.signal, failureOf, renew: () => forget(account) },
          );
        } catch (error) {
          ctx.signal.throwIfAborted();
          const { impersonated, credentials } = place;
          const where = { project: request.project, where: whereOf(request), host: hostOf(place) };
          throw refusal(error, { action, ...where, impersonated, secrets: secretsOf(credentials) });
        }
      });
    const recall = <A extends Action>(action: A, input: Input<A>): Promise<Output<A>> =>
      recalled(ctx.signal, JSON.stringify([account, action, input]), () => call(action, input));
    return { place, call, recall };
  };

function whereOf(request: object): string {
  const { zone, region } = request as { readonly zone?: string; readonly region?: string };
  return zone ?? region ?? '';
}

interface Connection {
  send<A extends Action>(action: A, request: Input<A>, signal: AbortSignal): Promise<Output<A>>;
}

const connections = new Connections<Connection>();

/** The next attempt gets a token anew, and reads the files of credentials again. */
function forget(account: string): boolean {
  connections.forget(account);
  return true;
}

/** The signal of the call under way: the SDK passes none on. */
const ending = new AsyncLocalStorage<AbortSignal>();

async function connect(place: Place, sdk: typeof Sdk): Promise<Connection> {
  const client = await clientOf(place, sdk);
  const door = doorOf(client);
  const options: ClientOptions = { auth: door, fallback: true, universeDomain: client.universeDomain, ...addressOf(place) };
  const services = new Map<Service, ServiceClient>();
  const serviceOf = (name: Service): ServiceClient => {
    const known = services.get(name) ?? new sdk[`${capital(name)}Client`](options, { fallback: sdk.gax });
    services.set(name, known);
    return known;
  };
  return {
    async send<A extends Action>(action: A, request: Input<A>, signal: AbortSignal) {
      const [name, method = ''] = action.split('.') as [Service, string?];
      const service = serviceOf(name);
      await service.initialize();
      const call = service.innerApiCalls[method];
      if (!call) throw new Error(`The SDK has no call ${action}`);
      const [answer, , page] = await ending.run(signal, () => call(request, { autoPaginate: false }));
      return (page ?? answer) as Output<A>;
    },
  };
}

function capital<S extends string>(name: S): Capitalize<S> {
  return (name.charAt(0).toUpperCase() + name.slice(1)) as Capitalize<S>;
}

const scopes = ['https://www.googleapis.com/auth/cloud-platform'];

/** Those that were given, else application-default credentials: a file, those of gcloud, the metadata service. */
async function clientOf({ project, credentials, impersonated }: Place, sdk: typeof Sdk): Promise<AuthClient> {
  // without a project, the SDK would run gcloud to learn one
  const auth = new sdk.GoogleAuth({ scopes, projectId: project, ...(credentials ? { credentials } : {}) });
  auth.useJWTAccessWithScope = true; // a service account signs its tokens itself: no call, and no way to Google's host for tokens needed
  const own = await auth.getClient();
  if (impersonated === '') return own;
  return new sdk.Impersonated({ sourceClient: own, targetPrincipal: impersonated, delegates: [], targetScopes: scopes, lifetime: 3600 });
}

/** Signs calls and makes them. What is refused becomes an error here, where its status and all of its words are still known. */
function doorOf(client: AuthClient): Door {
  const door: Door = {
    universeDomain: client.universeDomain,
    getClient: () => Promise.resolve(door),
    async fetch(url, { method, headers, body }) {
      const request: HttpRequest = {
        url,
        method,
        headers,
        data: body === '""' ? undefined : body, // what the SDK makes of no body
        responseType: 'text',
        signal: ending.getStore() ?? AbortSignal.timeout(90_000),
        validateStatus: (code) => code !== 401, // the SDK renews its token for an error alone
        retry: false,
      };
      const { status, data } = await client.request(request).catch((error: unknown) => unauthorized(error, url));
      if (status < 200 || status > 299) throw refusedCall(status, data);
      return { ok: true, status, arrayBuffer: () => Promise.resolve(Buffer.from(data)) };
    },
  };
  return door;
}

/** The answer of Compute Engine that the SDK threw; servers that give tokens refuse with the same status. */
function unauthorized(error: unknown, url: string): { readonly status: number; readonly data: string } {
  const { response, config } = error as { response?: { status?: number; data?: unknown }; config?: { url?: URL | string } };
  if (response?.status !== 401 || String(config?.url) !== url || typeof response.data !== 'string') throw error;
  return { status: 401, data: response.data };
}
