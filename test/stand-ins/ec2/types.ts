/** What tests say to the stand-in for EC2 and hear from it. */

/** Statements as in an IAM policy. Only effect and actions are looked at. */
export interface Policy {
  readonly Statement: readonly { readonly Effect: 'Allow' | 'Deny'; readonly Action: string | readonly string[] }[];
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Of temporary keys. */
  readonly token?: string;
  readonly expired?: boolean;
  readonly user?: string;
  readonly role?: string;
  /** Without it everything is allowed. */
  readonly policy?: Policy;
}

export interface AccountOptions {
  /** Twelve digits. */
  readonly id: string;
  readonly keys: readonly AccessKey[];
  /** Regions without a default VPC; true: all. */
  readonly noDefaultVpc?: readonly string[] | true;
  /** Names of instance profiles. */
  readonly profiles?: readonly string[];
  readonly optedIn?: readonly string[];
  readonly limits?: Limits;
}

export interface Limits {
  readonly vcpus?: number;
  readonly spotVcpus?: number;
  readonly addresses?: number;
  readonly groups?: number;
  readonly rulesPerGroup?: number;
}

/** What may be changed at any time. */
export interface Behaviour {
  /** Describes for which an instance is seen `pending`; default 1. */
  readonly pending?: number;
  readonly stopping?: number;
  readonly shuttingDown?: number;
  /** Describes for which a terminated instance is still shown; null: for ever, which is the default. */
  readonly forget?: number | null;
  /** Calls for which a new thing is not found by its id, and not in lists; default 0. */
  readonly unseenById?: number;
  readonly unseenInLists?: number;
  /** Calls a second of an account in a region, and how many at once. */
  readonly perSecond?: number | null;
  readonly burst?: number | null;
  /** Instances stay in passing states until `setInstance` moves them on. */
  readonly backed?: boolean;
}

export interface WorldOptions extends Behaviour {
  readonly accounts?: readonly AccountOptions[];
}

interface FaultPlace {
  /** Of the API, as `RunInstances`; default: every action. */
  readonly action?: string;
  /** Which of the next such calls; 1 is the first. */
  readonly nth?: number;
  /** How many calls from there on; null: for ever. Default 1. */
  readonly times?: number | null;
  readonly region?: string;
  readonly account?: string;
}

export type Fault = FaultPlace &
  (
    | {
        readonly kind: 'error';
        readonly code?: string;
        readonly message?: string;
        /** HTTP status; default 500. */
        readonly status?: number;
        /** The call is carried out, and then this is answered. */
        readonly after?: boolean;
      }
    /** `lost`: carried out, then the connection is cut; `hang` ends with `clearFaults` or `reset`. */
    | { readonly kind: 'reset' | 'hang' | 'lost' }
    | { readonly kind: 'delay'; readonly ms: number }
  );

/** What has no room. What is left out fits everything. */
export interface Exhausted {
  readonly region?: string;
  readonly zone?: string;
  readonly type?: string;
  readonly market?: 'spot' | 'on-demand';
  readonly account?: string;
}

export interface Call {
  readonly n: number;
  readonly service: 'ec2' | 'ssm' | 'sts';
  readonly action: string;
  readonly account: string | null;
  readonly key: string | null;
  readonly region: string;
  /** Without secrets; of user data only size and sum. */
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

/** An instance as DescribeInstances shows it, and what only its guest can see. */
export interface KeptInstance {
  readonly account: string;
  readonly region: string;
  /** Base64, unchanged. */
  readonly userData: string | null;
  /** Of its key pair. */
  readonly publicKey: string | null;
  readonly shown: {
    readonly InstanceId: string;
    readonly State: { readonly Name: string };
    readonly ImageId: string;
    readonly InstanceType: string;
    readonly PublicIpAddress?: string;
    readonly PrivateIpAddress?: string;
    readonly KeyName?: string;
    readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  };
}

/** An instance has entered a state, or was told to reboot. */
export interface StateNote {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated' | 'reboot';
}
