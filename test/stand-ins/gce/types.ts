/** What tests say to the stand-in for Google Compute Engine and hear from it. */

/** Somebody who calls. */
export interface Principal {
  /** As `someone@example.com` or `robot@PROJECT.iam.gserviceaccount.com`. */
  readonly email: string;
  /** What it may do, as `compute.instances.create` or `compute.instances.*`; without it everything. */
  readonly permissions?: readonly string[];
  /** Its tokens are refused as expired. */
  readonly expired?: boolean;
}

export interface ProjectOptions {
  readonly id: string;
  /** Default: made up. */
  readonly number?: string;
  /** False: nobody enabled the API. */
  readonly enabled?: boolean;
  /** Name and mode of its networks; default: `default`, in mode auto. Custom ones have the subnetworks that are named. */
  readonly networks?: readonly NetworkOptions[];
  /** Of the project itself, as `enable-oslogin`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The project whose networks it shares. */
  readonly host?: string;
  readonly images?: readonly ImageOptions[];
  /** E-mail addresses beside the default one. */
  readonly serviceAccounts?: readonly string[];
  readonly quotas?: Quotas;
}

export interface NetworkOptions {
  readonly name: string;
  readonly mode: 'auto' | 'custom';
  readonly subnetworks?: readonly SubnetworkOptions[];
}

export interface SubnetworkOptions {
  readonly name: string;
  readonly region: string;
  /** Default `10.200.0.0/20`. */
  readonly range?: string;
  readonly stack?: 'IPV4_ONLY' | 'IPV4_IPV6';
  readonly ipv6?: 'EXTERNAL' | 'INTERNAL';
}

export interface ImageOptions {
  readonly name: string;
  readonly family?: string;
  readonly architecture?: 'X86_64' | 'ARM64';
  readonly sizeGb?: number;
  readonly deprecated?: 'DEPRECATED' | 'OBSOLETE';
}

/** Highest numbers. The ones of a region are refused at once, those of all regions by the operation, later. */
export interface Quotas {
  readonly cpus?: number;
  readonly cpusAllRegions?: number;
  readonly preemptibleCpus?: number;
  readonly instances?: number;
  readonly inUseAddresses?: number;
  readonly staticAddresses?: number;
  readonly firewalls?: number;
  readonly disksTotalGb?: number;
}

/** What may be changed at any time. */
export interface Behaviour {
  /** Looks (get, list) at an operation or its target for which it is not done; default 1. */
  readonly looks?: number;
  /** Calls of `wait` that come back before it is done; default 0. */
  readonly waits?: number;
  /** Lists for which a new instance or firewall rule is not shown; default 0. */
  readonly unseenInLists?: number;
  /** How many items a page of a list has at most; default as asked. */
  readonly page?: number;
  /** Calls a second of a project, all together. */
  readonly perSecond?: number | null;
  /** Operations of instances are not done until `setInstance` says so; `wait` waits really. */
  readonly backed?: boolean;
}

export interface WorldOptions extends Behaviour {
  readonly projects?: readonly ProjectOptions[];
  readonly principals?: readonly Principal[];
}

interface FaultPlace {
  /** As `instances.insert`; default: every action of the API, none of the services that give tokens. */
  readonly action?: string;
  /** Which of the next such calls; 1 is the first. */
  readonly nth?: number;
  /** How many calls from there on; null: for ever. Default 1. */
  readonly times?: number | null;
  /** Name of a zone or region. */
  readonly place?: string;
  readonly project?: string;
}

export type Fault = FaultPlace &
  (
    | {
        readonly kind: 'error';
        /** HTTP status; default 503. */
        readonly status?: number;
        /** As `backendError`; default: what belongs to the status. */
        readonly reason?: string;
        readonly message?: string;
        /** The call is carried out, and then this is answered. */
        readonly after?: boolean;
      }
    /** 403 `rateLimitExceeded`, with Retry-After. */
    | { readonly kind: 'throttle'; readonly seconds?: number }
    /** The operation that the call begins fails in the end. */
    | { readonly kind: 'late'; readonly code: string; readonly message: string; readonly status?: number }
    /** `lost`: carried out, then the connection is cut; `hang` ends with `clearFaults` or `reset`. */
    | { readonly kind: 'reset' | 'hang' | 'lost' }
    | { readonly kind: 'delay'; readonly ms: number }
  );

/** What has no room. What is left out fits everything. */
export interface Exhausted {
  readonly zone?: string;
  readonly type?: string;
  readonly market?: 'spot' | 'standard';
  /** The zones that are said to have room: `ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS`. Without it, the bare form of the error. */
  readonly zonesAvailable?: readonly string[];
}

export interface Call {
  readonly n: number;
  readonly service: 'compute' | 'tokens' | 'metadata' | 'other';
  /** As `instances.insert`. */
  readonly action: string;
  readonly project: string | null;
  readonly principal: string | null;
  /** Zone or region; null: neither. */
  readonly place: string | null;
  /** Path, query and body. Without secrets; of user data only size and sum. */
  readonly params: Readonly<Record<string, unknown>>;
  /** `ok`, the reason of the refusal, `lost`, `hang`, `reset`; null while it is being worked on. */
  readonly outcome: string | null;
  /** The permissions it needed. */
  readonly permissions: readonly string[];
}

export interface Violation {
  /** The call's number. */
  readonly n: number;
  readonly action: string;
  readonly message: string;
}

/** An instance as `instances.get` shows it, as far as tests look. */
export interface KeptInstance {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
  /** The number that Google gives it. */
  readonly id: string;
  readonly status: string;
  /** Name alone. */
  readonly machineType: string;
  readonly privateAddress: string;
  /** Null: none now. */
  readonly publicAddress: string | null;
  /** Name alone. */
  readonly image: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

/** What somebody asked of an instance, or what it has become. */
export interface StateNote {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
  readonly id: string;
  readonly state: 'starting' | 'running' | 'stopping' | 'stopped' | 'deleting' | 'deleted' | 'reset';
}
