import type { Engine } from '../../docker/client.js';
import { ask, id, list, object, oneOf, text, type Shape } from '../../docker/shape.js';
import { readCluster, updateCluster } from './cluster.js';
import type { Node } from './nodes.js';

/** A node that has no certificate of the new root yet. */
export interface Straggler {
  readonly id: string;
  readonly hostname: string;
  readonly state: Node['state'];
}

export interface RotationState {
  readonly finished: boolean;
  readonly total: number;
  readonly stragglers: readonly Straggler[];
}

interface TlsInfo {
  readonly TrustRoot?: string;
  readonly CertIssuerSubject?: string;
  readonly CertIssuerPublicKey?: string;
}

interface NodeWithTls {
  readonly ID: string;
  readonly Description?: { readonly Hostname?: string; readonly TLSInfo?: TlsInfo };
  readonly Status?: { readonly State?: Node['state'] };
}

const tlsInfo: Shape<TlsInfo> = object({}, { TrustRoot: text, CertIssuerSubject: text, CertIssuerPublicKey: text });
const nodeWithTls: Shape<NodeWithTls> = object(
  { ID: id },
  {
    Description: object({}, { Hostname: text, TLSInfo: tlsInfo }),
    Status: object({}, { State: oneOf('ready', 'down', 'unknown', 'disconnected') }),
  },
);

/**
 * Begins a new root CA. It is trusted beside the old one until every node has a certificate of it (swarmkit ca/reconciler.go).
 * @param certExpiry of the certificates of nodes, in nanoseconds
 */
export async function beginRootRotation(manager: Engine, { certExpiry }: { certExpiry?: number | undefined } = {}): Promise<void> {
  await updateCluster(manager, (spec) => ({
    ...spec,
    CAConfig: {
      ...spec.CAConfig,
      ...(certExpiry === undefined ? {} : { NodeCertExpiry: certExpiry }),
      ForceRotate: (spec.CAConfig?.ForceRotate ?? 0) + 1,
    },
  }));
}

/** Stragglers have a certificate of another issuer than the swarm names: during a rotation it names the new one. */
export async function rootRotationState(manager: Engine): Promise<RotationState> {
  const [{ rotationInProgress }, { TLSInfo: wanted = {} }, nodes] = await Promise.all([
    readCluster(manager),
    ask(manager, object({}, { TLSInfo: tlsInfo }), 'GET', '/swarm'),
    ask(manager, list(nodeWithTls), 'GET', '/nodes', { timeout: 10_000 }),
  ]);
  const stragglers = nodes.filter(({ Description }) => !isIssuedBy(Description?.TLSInfo, wanted));
  return {
    finished: !rotationInProgress,
    total: nodes.length,
    stragglers: stragglers.map(({ ID, Description, Status }) => ({
      id: ID,
      hostname: Description?.Hostname ?? ID,
      state: Status?.State ?? 'unknown',
    })),
  };
}

function isIssuedBy({ CertIssuerSubject: subject, CertIssuerPublicKey: key }: TlsInfo = {}, wanted: TlsInfo): boolean {
  return subject === wanted.CertIssuerSubject && key === wanted.CertIssuerPublicKey;
}
