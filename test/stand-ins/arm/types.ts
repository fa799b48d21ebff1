/** What tests say to the stand-in for Azure Resource Manager and hear from it. */

/** As in a definition of a role. */
export interface Role {
  /** Such as `Microsoft.Compute/virtualMachines/read`; `*` stands for any part. */
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
}

/** Somebody who can log in, with the same role in all subscriptions of the tenant. */
export interface Principal {
  /** The client id of the application or of the managed identity. */
  readonly client: string;
  readonly tenant?: string;
  readonly secret?: string;
  /** The content of the token file of a workload identity. */
  readonly federated?: string;
  /** Is given by IDENTITY_ENDPOINT and the metadata address; the first of them when none is named. */
  readonly managed?: boolean;
  /** The secret is over its date. */
  readonly expired?: boolean;
  /** Without it everything is allowed. */
  readonly role?: Role;
}

export interface SubscriptionOptions {
  readonly id: string;
  readonly tenant?: string;
  /** Everything but `Enabled` can only be read. */
  readonly state?: 'Enabled' | 'Disabled' | 'Warned' | 'PastDue';
  /** Namespaces that were never registered; default: none. */
  readonly unregistered?: readonly string[];
  readonly limits?: Limits;
  /** Features that were registered; default: none. `EncryptionAtHost` is asked for. */
  readonly features?: readonly string[];
  /** Ids of managed identities that exist. */
  readonly identities?: readonly string[];
  /** Ids of images of the subscription's own or of a gallery, by architecture. */
  readonly images?: readonly { readonly id: string; readonly location: string; readonly arm?: boolean }[];
}

/** In each location; what is left out has no limit. */
export interface Limits {
  readonly cores?: number;
  readonly spotCores?: number;
  /** Of one family of sizes, such as `standardDSv5Family`. */
  readonly families?: Readonly<Record<string, number>>;
  readonly addresses?: number;
}

/** What may be changed at any time. */
export interface Behaviour {
  /** Polls for which an operation is seen `InProgress`; default 1. */
  readonly pending?: number;
  /** Seconds in Retry-After of operations; null: no such header. Default 0. */
  readonly retryAfter?: number | null;
  /** Requests for which a new resource is not in lists; default 0. */
  readonly unseenInLists?: number;
  /** Removals that are refused of an interface whose machine could not be made; Azure's are refused for 180 seconds. Default 1. */
  readonly nicReserved?: number;
  /** Items of one page of a list; default 100. */
  readonly page?: number;
  /** Looks until a namespace that is being registered is registered; default 1. */
  readonly registering?: number;
  /** Seconds for which tokens are good; default 3600. */
  readonly tokenSeconds?: number;
  /** Requests of a subscription a second, and how many at once. */
  readonly perSecond?: number | null;
  readonly burst?: number | null;
  /** Operations of virtual machines go on only by `settle`. */
  readonly backed?: boolean;
}

export interface WorldOptions extends Behaviour {
  readonly subscriptions?: readonly SubscriptionOptions[];
  readonly principals?: readonly Principal[];
}

interface FaultPlace {
  /** As in a role: `Microsoft.Compute/virtualMachines/write`; polls are `poll`, logins `token`. Default: every one. */
  readonly action?: string;
  /** Which of the next such calls; 1 is the first. */
  readonly nth?: number;
  /** How many calls from there on; null: for ever. Default 1. */
  readonly times?: number | null;
  readonly subscription?: string;
  /** Only calls whose path ends so, without case. */
  readonly ending?: string;
}

export type Fault = FaultPlace &
  (
    | {
        readonly kind: 'error';
        readonly code?: string;
        readonly message?: string;
        /** HTTP status; default 500. */
        readonly status?: number;
        /** Seconds. */
        readonly retryAfter?: number;
        /** The call is carried out, and then this is answered. */
        readonly after?: boolean;
      }
    /** `lost`: carried out, then the connection is cut; `hang` ends with `clearFaults` or `reset`. */
    | { readonly kind: 'reset' | 'hang' | 'lost' }
    | { readonly kind: 'delay'; readonly ms: number }
    /** The call is accepted, and the operation that it began fails in the end. */
    | { readonly kind: 'late'; readonly code?: string; readonly message?: string }
  );

/** What has no room. What is left out fits everything. */
export interface Exhausted {
  readonly location?: string;
  readonly zone?: string;
  readonly size?: string;
  readonly priority?: 'Regular' | 'Spot';
  readonly subscription?: string;
  /** `SkuNotAvailable` is said at once, and shown by the list of sizes; all others late. Default: AllocationFailed, in a zone ZonalAllocationFailed. */
  readonly code?: 'SkuNotAvailable' | 'AllocationFailed' | 'ZonalAllocationFailed' | 'OverconstrainedAllocationRequest';
}

export interface Call {
  readonly n: number;
  readonly service: 'arm' | 'authority' | 'metadata';
  /** As in a role; `poll` for a look at an operation, `token` for a login. */
  readonly action: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly subscription: string | null;
  /** The client id. */
  readonly principal: string | null;
  /** The body without secrets; of custom data only size and sum. */
  readonly params: Readonly<Record<string, unknown>>;
  /** `ok`, the code of the error that was answered, `lost`, `hang`, `reset`; null while it is being worked on. */
  readonly outcome: string | null;
  readonly requestId: string;
}

export interface Violation {
  /** The call's number. */
  readonly n: number;
  readonly action: string;
  readonly code: string;
  readonly message: string;
}

export type Power = 'starting' | 'running' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';

/** A virtual machine as it is shown, and what only its guest can see. */
export interface KeptMachine {
  readonly id: string;
  readonly subscription: string;
  readonly name: string;
  readonly power: Power;
  /** Base64, unchanged. */
  readonly customData: string | null;
  readonly user: string | null;
  readonly publicKeys: readonly string[];
  readonly publicAddress: string | null;
  readonly privateAddress: string | null;
  readonly shown: Readonly<Record<string, unknown>>;
}

/** A virtual machine that an operation works on. */
export interface StateNote {
  readonly id: string;
  readonly state: 'creating' | 'starting' | 'stopping' | 'deallocating' | 'restarting' | 'deleting' | 'deleted';
}
