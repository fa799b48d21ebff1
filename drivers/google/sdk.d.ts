/** What the driver uses of Google's SDK. See sdk.js. */

/** One service of Compute Engine. */
export interface ServiceClient {
  initialize(): Promise<unknown>;
  /** The calls themselves. The methods of the client wrap their answers in operations that cannot be waited for. */
  readonly innerApiCalls: Readonly<Record<string, Call>>;
}

type Call = (request: object, options: { readonly autoPaginate: false }) => Promise<readonly [unknown, unknown?, unknown?]>;

/** Who signs the calls, and makes them: the SDK asks it alone. */
export interface Door {
  readonly universeDomain: string;
  getClient(): Promise<Door>;
  fetch(url: string, init: { readonly method: string; readonly headers: Headers; readonly body?: string }): Promise<Answer>;
}

export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer | Uint8Array>;
}

export interface ClientOptions {
  readonly auth: Door;
  readonly fallback: true;
  readonly servicePath?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly universeDomain?: string;
}

type Client = new (options: ClientOptions, gaxInstance: { readonly fallback: unknown }) => ServiceClient;

export const AddressesClient: Client;
export const DisksClient: Client;
export const FirewallsClient: Client;
export const GlobalOperationsClient: Client;
export const ImagesClient: Client;
export const InstancesClient: Client;
export const MachineTypesClient: Client;
export const NetworksClient: Client;
export const ProjectsClient: Client;
export const RegionOperationsClient: Client;
export const SubnetworksClient: Client;
export const ZoneOperationsClient: Client;
export const ZonesClient: Client;

export const gax: { readonly fallback: unknown };

/** What a request for a token, or a call with one, is made with. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly data?: string | undefined;
  readonly responseType: 'text';
  readonly signal: AbortSignal;
  readonly validateStatus: (status: number) => boolean;
  readonly retry: false;
}

/** Somebody's credentials. */
export interface AuthClient {
  readonly universeDomain: string;
  request(request: HttpRequest): Promise<{ readonly status: number; readonly data: string; readonly headers: Headers }>;
}

interface AuthOptions {
  readonly projectId: string;
  readonly scopes: readonly string[];
  readonly credentials?: object;
}

export class GoogleAuth {
  constructor(options: AuthOptions);
  useJWTAccessWithScope?: boolean;
  /** The credentials that were given, or those that the usual search of Google's programs finds. */
  getClient(): Promise<AuthClient>;
  getProjectId(): Promise<string>;
}

interface Impersonation {
  readonly sourceClient: AuthClient;
  readonly targetPrincipal: string;
  readonly delegates: readonly string[];
  readonly targetScopes: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
}

export const Impersonated: new (options: Impersonation) => AuthClient;
