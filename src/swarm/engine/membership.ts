import type { Engine } from '../../docker/client.js';
import { ask, flag, idOrNone, list, object, text, type Shape } from '../../docker/shape.js';

/** `pending`: a join that goes on in the background; `error`: a join that failed, or a node whose certificate has expired. */
export type MembershipState = 'inactive' | 'pending' | 'active' | 'error' | 'locked';

/** What an engine says of its own place in a swarm (`Swarm` of `GET /info`). */
export interface Membership {
  readonly state: MembershipState;
  readonly nodeId?: string;
  /** The address it advertises. */
  readonly address?: string;
  /** It answers for the swarm: a manager that is part of a quorum. */
  readonly control: boolean;
  /** The swarm's id; only managers know it. */
  readonly cluster?: string;
  /** Every manager this node knows, `HOST:PORT` each. */
  readonly managers: readonly { readonly nodeId: string; readonly address: string }[];
  /** The engine's words for what is wrong. */
  readonly error?: string;
  readonly hostname: string;
  readonly engineVersion: string;
  /** The folder of the engine's storage, whatever its unit, its settings file or its user namespace make of it. */
  readonly storage?: string;
}

interface Info {
  readonly Name?: string;
  readonly ServerVersion?: string;
  readonly DockerRootDir?: string;
  readonly Swarm?: {
    readonly NodeID?: string;
    readonly NodeAddr?: string;
    readonly LocalNodeState?: string;
    readonly ControlAvailable?: boolean;
    readonly Error?: string;
    readonly RemoteManagers?: readonly { readonly NodeID: string; readonly Addr: string }[];
    readonly Cluster?: { readonly ID?: string };
  };
}

const info: Shape<Info> = object(
  {},
  {
    Name: text,
    ServerVersion: text,
    DockerRootDir: text,
    Swarm: object(
      {},
      {
        NodeID: idOrNone,
        NodeAddr: text,
        LocalNodeState: text,
        ControlAvailable: flag,
        Error: text,
        RemoteManagers: list(object({ NodeID: idOrNone, Addr: text }, {})),
        Cluster: object({}, { ID: idOrNone }),
      },
    ),
  },
);

/** @throws TsmachineError ENGINE_* as every call of the Engine API */
export async function membershipOf(engine: Engine): Promise<Membership> {
  const { Name = '', ServerVersion = '', DockerRootDir, Swarm: swarm = {} } = await ask(engine, info, 'GET', '/info');
  return {
    state: stateOf(swarm.LocalNodeState),
    ...given('nodeId', swarm.NodeID),
    ...given('address', swarm.NodeAddr),
    ...given('cluster', swarm.Cluster?.ID),
    ...given('error', swarm.Error),
    control: swarm.ControlAvailable === true,
    managers: (swarm.RemoteManagers ?? []).map(({ NodeID, Addr }) => ({ nodeId: NodeID, address: Addr })),
    hostname: Name,
    engineVersion: ServerVersion,
    ...given('storage', DockerRootDir),
  };
}

function stateOf(word = ''): MembershipState {
  return word === 'pending' || word === 'active' || word === 'error' || word === 'locked' ? word : 'inactive';
}

function given<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, string>);
}
