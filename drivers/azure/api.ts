import { AsyncLocalStorage } from 'node:async_hooks';

import { Connections, fingerprint } from '../../src/driver/kit/cloud/call/connections.js';
import { realPace, type Pace } from '../../src/driver/kit/cloud/call/pace.js';
import { recalled } from '../../src/driver/kit/cloud/call/recall.js';
import { clouds, cloudOf } from './call/clouds.js';
import { finished, sent, wait, type Around, type Call, type Caller } from './call/send.js';
import { tenantOf } from './call/tenant.js';
import { Tokens, type Credential } from './call/tokens.js';
import type * as Sdk from './sdk.js';

export type { Around, Caller };

type Compute = Sdk.ComputeManagementClient;
type Network = Sdk.NetworkManagementClient;

/** What the SDK's functions take and give. */
export type VirtualMachine = Awaited<ReturnType<Compute['virtualMachines']['get']>>;
export type Sku = Item<ReturnType<Compute['resourceSkus']['list']>>;
export type Interface = Awaited<ReturnType<Network['networkInterfaces']['get']>>;
export type PublicAddress = Awaited<ReturnType<Network['publicIPAddresses']['get']>>;
export type SecurityGroup = Awaited<ReturnType<Network['networkSecurityGroups']['get']>>;
export type SecurityRule = NonNullable<SecurityGroup['securityRules']>[number];
export type VirtualNetwork = Awaited<ReturnType<Network['virtualNetworks']['get']>>;
export type Resource = Item<ReturnType<Sdk.ResourceManagementClient['resources']['list']>>;
type Item<L> = L extends AsyncIterable<infer I> ? I : never;

/** The SDK's clients, of one subscription. */
export interface Clients {
  readonly compute: Compute;
  readonly network: Network;
  readonly resources: Sdk.ResourceManagementClient;
}

/** Which subscription, and as whom it is asked. */
export interface Place {
  readonly subscription: string;
  /** For the words of errors; empty for calls about all locations. */
  readonly location: string;
  /** Docker Machine's name of a cloud. */
  readonly environment: string;
  /** Of Azure Resource Manager; empty: the cloud's own. */
  readonly endpoint: string;
  /** Who gives tokens; empty: the cloud's own. */
  readonly authority: string;
  /** Empty: the credentials' own. */
  readonly tenant: string;
  /** Of a service principal, or of a managed identity; empty for none. */
  readonly clientId: string;
  /** With it the client is a service principal; without it the SDK's chain finds credentials. */
  readonly clientSecret: string;
  /** How often a request that failed is repeated; 0 for never. */
  readonly retries: number;
}

/** One subscription of Azure: the one door to it. */
export interface Arm {
  readonly place: Place;
  /** URL of Azure Resource Manager, without a path. */
  readonly endpoint: string;
  /**
   * One call. An operation that it begins is over when this returns.
   * @param right that it takes, as in a role: `Microsoft.Compute/virtualMachines/write`
   * @param use calls one function of the SDK
   * @param note is told where an operation is looked at, before that is done
   * @throws TsmachineError DRIVER_FAILED, PROVIDER_BUSY; `codeOf` tells Azure's own code
   */
  call<T>(right: string, use: (clients: Clients) => PromiseLike<T>, note?: (operation: string) => Promise<void>): Promise<T>;
  /**
   * The same for what does not change by itself: an answer that this run had within the last minute will do, also another machine's.
   * @param about what it is about, beside the right
   */
  recall<T>(right: string, about: readonly string[], use: (clients: Clients) => PromiseLike<T>): Promise<T>;
  /** Waits for an operation that an earlier run began. @throws as `call`, with how it failed */
  resume(right: string, operation: string): Promise<void>;
}

/** Opens Azure for a machine or an account; tests bring their own. Loads nothing before the first call. */
export type OpenArm = (place: Place, ctx: Caller) => Arm;

interface Ways {
  readonly pace?: Pace;
  readonly around?: Around;
  readonly load?: Load;
}

type Load = () => Promise<typeof Sdk>;

/** The build leaves this one import of the SDK's own bundle. */
const loadSdk: Load = () => import('./sdk.js');

export const openArm: OpenArm = (place, ctx) => openArmWith({})(place, ctx);

/** With another clock, something around each request, or another copy of the SDK, for tests. */
export const openArmWith =
  ({ pace = realPace, around = (_call, carryOut) => carryOut(), load = loadSdk }: Ways): OpenArm =>
  (place, ctx) => {
    const account = accountOf(place);
    const connection = () => connections.to(account, () => connect(place, ctx, load));
    const callOf = (right: string, note?: Call['note']): Call => ({
      ctx,
      account,
      subscription: place.subscription,
      location: place.location,
      endpoint: endpointOf(place),
      secrets: [place.clientSecret],
      retries: place.retries,
      right,
      pace,
      around,
      note,
    });
    const call: Arm['call'] = async (right, use, note) => {
      const { clients } = await connection();
      return calls.run(callOf(right, note), async () => use(clients));
    };
    return {
      place,
      endpoint: endpointOf(place),
      call,
      recall: (right, about, use) => recalled(ctx.signal, JSON.stringify([account, right, ...about]), () => call(right, use)),
      async resume(right, operation) {
        const { look } = await connection();
        const call = callOf(right);
        await calls.run(call, () => wait(call, operation, undefined, look));
      },
    };
  };

/** Every item of a list, page by page. */
export async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** Of Azure Resource Manager. */
export function endpointOf({ endpoint, environment }: Pick<Place, 'endpoint' | 'environment'>): string {
  return (endpoint || cloudOf(environment).endpoint).replace(/\/+$/, '');
}

/** A fingerprint of subscription and credentials: the calls of one account share a bound. */
export function accountOf(place: Place): string {
  const { subscription, tenant, clientId, clientSecret, authority } = place;
  return fingerprint([subscription, endpointOf(place), authority, tenant, clientId, clientSecret]);
}

/** Whose call a request of the SDK belongs to: the SDK hands nothing through. */
const calls = new AsyncLocalStorage<Call>();

function callNow(): Call {
  const call = calls.getStore();
  if (!call) throw new Error('a request of the SDK belongs to no call');
  return call;
}

interface Connection {
  readonly clients: Clients;
  readonly look: (url: string) => Promise<Awaited<ReturnType<Network['pipeline']['sendRequest']>>>;
}

const connections = new Connections<Connection>();

type Policy = Parameters<Network['pipeline']['addPolicy']>[0];

/** Loads the SDK with the first call. */
async function connect(place: Place, ctx: Caller, load: Load): Promise<Connection> {
  const sdk = await load();
  const endpoint = endpointOf(place);
  const tokens = new Tokens(() => credentialOf(sdk, place, ctx), `${endpoint}/.default`);
  const credential = { getToken: () => Promise.resolve(null) }; // `sent` authorizes requests
  const settings = { endpoint, retryOptions: { maxRetries: 0 }, userAgentOptions: { userAgentPrefix: 'tsmachine' } };
  const compute = new sdk.ComputeManagementClient(credential, place.subscription, settings);
  const old = { ...settings, $host: endpoint };
  const network = new sdk.NetworkManagementClient(credential, place.subscription, old);
  const resources = new sdk.ResourceManagementClient(credential, place.subscription, old);
  const httpClient = sdk.createDefaultHttpClient();
  const look = (url: string) => network.pipeline.sendRequest(httpClient, sdk.createPipelineRequest({ url, method: 'GET' }));
  const policy: Policy = {
    name: 'tsmachine',
    async sendRequest(request, next) {
      const call = callNow();
      const answer = await sent(call, tokens, request, () => next(request));
      return finished(call, request, answer, look);
    },
  };
  for (const { pipeline } of [compute, network, resources]) {
    // `sent` knows which failures pass, and which token to take
    for (const name of ['defaultRetryPolicy', 'bearerTokenAuthenticationPolicy']) pipeline.removePolicy({ name });
    pipeline.addPolicy(policy, { phase: 'Retry' });
  }
  return { clients: { compute, network, resources }, look };
}

/** A service principal where there is a secret; else the SDK's chain: variables, workload and managed identities, `az login`. */
async function credentialOf(sdk: typeof Sdk, place: Place, { signal }: Caller): Promise<Credential> {
  const { environment, tenant, clientId, clientSecret, subscription } = place;
  const authorityHost = place.authority || cloudOf(environment).authority;
  const isKnown = Object.values(clouds).some(({ authority }) => authority === authorityHost);
  const options = {
    authorityHost,
    ...(isKnown ? {} : { disableInstanceDiscovery: true }),
    retryOptions: { maxRetries: 2, maxRetryDelayInMs: 2000 },
  };
  if (clientSecret !== '') {
    const owner = tenant || (await tenantOf(sdk, { endpoint: endpointOf(place), subscription, signal }));
    return new sdk.ClientSecretCredential(owner, clientId, clientSecret, options);
  }
  return new sdk.DefaultAzureCredential({
    ...options,
    ...(tenant === '' ? {} : { tenantId: tenant }),
    ...(clientId === '' ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
  });
}
