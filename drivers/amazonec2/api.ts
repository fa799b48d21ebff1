import { createHash } from 'node:crypto';

import type { AccountContext } from '../../src/driver/contract.js';
import { refusal } from './errors.js';
import type * as Sdk from './sdk.js';

type Commands = Omit<typeof Sdk, 'EC2Client' | 'SSMClient'>;

/** What EC2 (and SSM, for the ids of public images) is asked. */
export type Action = keyof Commands extends `${infer Name}Command` ? Name : never;
type CommandOf<A extends Action> = InstanceType<Commands[`${A}Command`]>;
export type Input<A extends Action> = CommandOf<A>['input'];
/** Every field may be missing, as the SDK's own types say. */
export type Output<A extends Action> =
  CommandOf<A> extends {
    resolveMiddleware(stack: never, configuration: never, options: never): (args: never) => Promise<{ output: infer O }>;
  }
    ? O
    : never;

/** Which account and region, and how they are reached. */
export interface Place {
  readonly region: string;
  /** Another endpoint of EC2; empty for Amazon's own. */
  readonly endpoint: string;
  readonly insecureTransport: boolean;
  /** How often a call that failed is repeated; 0 for never. */
  readonly retries: number;
  /** Of ~/.aws/config; empty for the chain's own choice. */
  readonly profile: string;
  /** From the secret flags or an old config.json; without them the chain decides. */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string; readonly sessionToken: string } | undefined;
}

/** EC2 in one region of one account: the one door to it. */
export interface Ec2 {
  readonly place: Place;
  /**
   * One call, within the account's bound, cancelled by the context's signal. Calls that throttle or time out are repeated.
   * @throws TsmachineError DRIVER_FAILED, PROVIDER_BUSY; `codeOf` tells Amazon's own code
   */
  call<A extends Action>(action: A, input: Input<A>): Promise<Output<A>>;
}

export type Caller = Pick<AccountContext, 'signal' | 'limit' | 'io'>;

/** Opens EC2 for a machine or an account; tests bring their own. Loads nothing before the first call. */
export type OpenEc2 = (place: Place, ctx: Caller) => Ec2;

/** Milliseconds that one call may take, with the SDK's own repetitions. */
const callTime = 60_000;

export const openAws: OpenEc2 = (place, ctx) => {
  const client = clientOf(place);
  return {
    place,
    call: <A extends Action>(action: A, input: Input<A>) =>
      ctx.limit(accountOf(place), async () => {
        const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(callTime)]);
        try {
          return await (await client()).send(action, input, signal);
        } catch (error) {
          ctx.signal.throwIfAborted();
          throw refusal(error, { action, region: place.region });
        }
      }),
  };
};

/** A fingerprint of credentials and region: the calls of one account and region share a bound. */
export function accountOf({ region, endpoint, profile, keys }: Place): string {
  const parts = [region, endpoint, profile, keys?.accessKey ?? ''];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

interface Client {
  send<A extends Action>(action: A, input: Input<A>, signal: AbortSignal): Promise<Output<A>>;
}

/** The SDK's types cannot say that a command belongs to its client when the command is not known. */
type Construct<A extends Action> = new (input: Input<A>) => CommandOf<A>;
type Send<A extends Action> = (command: CommandOf<A>, options: { readonly abortSignal: AbortSignal }) => Promise<Output<A>>;

/** Loads the SDK on the first call, once. */
function clientOf(place: Place): () => Promise<Client> {
  let client: Promise<Client> | undefined;
  return () => (client ??= connect(place));
}

async function connect({ region, endpoint, insecureTransport, retries, profile, keys }: Place): Promise<Client> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'; // a notice on every run with Node 20
  const sdk = await import('./sdk.js');
  const scheme = insecureTransport ? 'http' : 'https';
  const settings = {
    region,
    maxAttempts: retries + 1,
    ...(endpoint === '' ? {} : { endpoint: /^\w+:\/\//.test(endpoint) ? endpoint : `${scheme}://${endpoint}` }),
    ...(profile === '' ? {} : { profile }),
    ...(keys && {
      credentials: {
        accessKeyId: keys.accessKey,
        secretAccessKey: keys.secretKey,
        ...(keys.sessionToken === '' ? {} : { sessionToken: keys.sessionToken }),
      },
    }),
  };
  const ec2 = new sdk.EC2Client(settings);
  const ssm = new sdk.SSMClient(settings);
  return {
    async send<A extends Action>(action: A, input: Input<A>, abortSignal: AbortSignal) {
      const client = action === 'GetParameter' ? ssm : ec2;
      const command = new (sdk[`${action}Command`] as unknown as Construct<A>)(input);
      return (client.send as Send<A>).call(client, command, { abortSignal });
    },
  };
}
