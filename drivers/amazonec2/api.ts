import type { AccountContext } from '../../src/driver/contract.js';
import { repeated, type CallTimes } from '../../src/driver/kit/cloud/call/attempts.js';
import { Connections, fingerprint } from '../../src/driver/kit/cloud/call/connections.js';
import { failureOf } from './call/failure.js';
import { isUnknownIdentity, refusal } from './errors.js';
import { recalled } from '../../src/driver/kit/cloud/call/recall.js';
import type * as Sdk from './sdk.js';

type Commands = Omit<typeof Sdk, 'EC2Client' | 'SSMClient' | 'defaultProvider'>;

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

/** Keys that somebody gave. */
export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string;
}

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
  /** Of flags or of an old config.json; without them the SDK's chain finds credentials. */
  readonly keys?: Keys | undefined;
  /** Where the same instance is reached when Amazon no longer takes these keys. */
  readonly otherwise?: { readonly place: Place; readonly instanceId: string };
}

/** EC2 in one region of one account: the one door to it. */
export interface Ec2 {
  readonly place: Place;
  /**
   * One call, within the account's bound, ended by the context's signal. Calls that fail for a reason that passes are repeated.
   * @throws TsmachineError DRIVER_FAILED, PROVIDER_BUSY; `codeOf` tells Amazon's own code
   */
  call<A extends Action>(action: A, input: Input<A>): Promise<Output<A>>;
  /**
   * The same for what does not change by itself: an answer that this run had within the last minute will do, also another machine's. The
   * machines of a run that are made together ask once.
   */
  recall<A extends Action>(action: A, input: Input<A>): Promise<Output<A>>;
}

export type Caller = Pick<AccountContext, 'signal' | 'limit' | 'io' | 'ask'>;

/** Opens EC2 for a machine or an account; tests bring their own. Loads nothing before the first call. */
export type OpenEc2 = (place: Place, ctx: Caller) => Ec2;

/** Images are found without SSM as well, which a network without a way to it cannot reach. */
const timesOf = (action: Action): CallTimes =>
  action === 'GetParameters'
    ? { attempt: 5000, total: 12_000, pause: 200 }
    : { attempt: /^(Describe|Get)/.test(action) ? 15_000 : 30_000, total: 75_000, pause: 200 };

export const openAws: OpenEc2 = (place, ctx) => openAwsWith(timesOf)(place, ctx);

/** A repeated call would make a second one: EC2 knows no token for it. Its caller looks first for what was made. */
const unrepeated: ReadonlySet<Action> = new Set<Action>(['AllocateAddress']);

/** With other times, for tests. */
export const openAwsWith =
  (times: (action: Action) => CallTimes): OpenEc2 =>
  (place, ctx) => {
    const callAs = <A extends Action>(as: Place, action: A, input: Input<A>): Promise<Output<A>> =>
      ctx.limit(accountOf(as), async () => {
        try {
          return await repeated(
            async (signal) => (await connections.to(accountOf(as), () => connect(as, ctx))).send(action, input, signal),
            {
              retries: unrepeated.has(action) ? 0 : as.retries,
              times: times(action),
              signal: ctx.signal,
              failureOf,
              renew: () => forget(as),
            },
          );
        } catch (error) {
          ctx.signal.throwIfAborted();
          const { region, profile, keys } = as;
          throw refusal(error, { action, region, profile, secrets: keys ? Object.values(keys) : [] });
        }
      });
    let now = place;
    const call = async <A extends Action>(action: A, input: Input<A>): Promise<Output<A>> => {
      try {
        return await callAs(now, action, input);
      } catch (error) {
        const { otherwise } = now;
        if (!otherwise || !isUnknownIdentity(error)) throw error;
        // only credentials that reach the very instance are of its account
        await callAs(otherwise.place, 'DescribeInstances', { InstanceIds: [otherwise.instanceId] }).catch(() => {
          throw error;
        });
        now = otherwise.place;
        return callAs(now, action, input);
      }
    };
    const recall = <A extends Action>(action: A, input: Input<A>): Promise<Output<A>> =>
      recalled(ctx.signal, JSON.stringify([accountOf(place), action, input]), () => call(action, input));
    return { place, call, recall };
  };

/** A fingerprint of credentials and region: the calls of one account and region share a bound. */
export function accountOf({ region, endpoint, profile, keys }: Place): string {
  return fingerprint([region, endpoint, profile, keys?.accessKey ?? '', keys?.secretKey ?? '', keys?.sessionToken ?? '']);
}

interface Connection {
  send<A extends Action>(action: A, input: Input<A>, signal: AbortSignal): Promise<Output<A>>;
}

const connections = new Connections<Connection>();

/** Lets the next attempt begin with new credentials. @returns false for keys that were given: there are no others */
function forget(place: Place): boolean {
  connections.forget(accountOf(place));
  return place.keys === undefined;
}

/** The SDK's types cannot say that a command belongs to its client when the command is not known. */
type Construct<A extends Action> = new (input: Input<A>) => CommandOf<A>;
type Send<A extends Action> = (command: CommandOf<A>, options: { readonly abortSignal: AbortSignal }) => Promise<Output<A>>;

/** Loads the SDK with the first call. */
async function connect({ region, endpoint, insecureTransport, profile, keys }: Place, { ask, io }: Caller): Promise<Connection> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'; // a notice on every run with Node 20
  const sdk = await import('./sdk.js');
  const scheme = insecureTransport ? 'http' : 'https';
  const found = sdk.defaultProvider({
    ...(profile === '' ? {} : { profile }),
    logger: { debug: nothing, info: nothing, warn: (text: string) => io.debug(text), error: nothing },
    mfaCodeProvider: async (device) => (await ask(`Code of the MFA device ${device}: `)) ?? noCode(device),
  });
  const settings = {
    region,
    maxAttempts: 1, // `repeated` knows which failures pass
    ...(endpoint === '' ? {} : { endpoint: /^\w+:\/\//.test(endpoint) ? endpoint : `${scheme}://${endpoint}` }),
    ...(profile === '' ? {} : { profile }),
    credentials: keys
      ? {
          accessKeyId: keys.accessKey,
          secretAccessKey: keys.secretKey,
          ...(keys.sessionToken === '' ? {} : { sessionToken: keys.sessionToken }),
        }
      : found,
  };
  const ec2 = new sdk.EC2Client(settings);
  const ssm = new sdk.SSMClient(settings);
  return {
    async send<A extends Action>(action: A, input: Input<A>, abortSignal: AbortSignal) {
      const client = action === 'GetParameters' ? ssm : ec2;
      const command = new (sdk[`${action}Command`] as unknown as Construct<A>)(input);
      return (client.send as Send<A>).call(client, command, { abortSignal });
    },
  };
}

function nothing(): void {
  // the SDK tells how it looks for credentials
}

function noCode(device: string): never {
  throw new Error(`The profile requires multi-factor authentication, and nobody could be asked for the code of ${device}`);
}
