/** A thing as the API shows it. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly selfLink: string;
  [field: string]: unknown;
}

/** What is made, before it has a number and a place. */
export interface Plan {
  readonly kind: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface Tags {
  readonly items?: readonly string[];
  readonly fingerprint: string;
}

export interface Metadata {
  readonly kind?: string;
  readonly fingerprint: string;
  readonly items?: readonly { readonly key: string; readonly value: string }[];
}

export interface AccessConfig {
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  readonly networkTier: string;
  natIP?: string;
  readonly externalIpv6?: string;
  readonly externalIpv6PrefixLength?: number;
}

export interface NetworkInterface {
  readonly kind: string;
  readonly name: string;
  readonly network: string;
  readonly subnetwork: string;
  networkIP: string;
  fingerprint: string;
  readonly stackType: string;
  accessConfigs?: AccessConfig[];
  readonly ipv6AccessConfigs?: AccessConfig[];
  [field: string]: unknown;
}

export interface AttachedDisk {
  readonly source: string;
  readonly boot: boolean;
  autoDelete: boolean;
  readonly deviceName: string;
  [field: string]: unknown;
}

export interface Instance extends Resource {
  status: string;
  machineType: string;
  readonly zone: string;
  readonly disks: AttachedDisk[];
  readonly networkInterfaces: NetworkInterface[];
  labels: Readonly<Record<string, string>>;
  labelFingerprint: string;
  tags: Tags;
  metadata: Metadata;
  readonly scheduling: { readonly provisioningModel: string; readonly preemptible: boolean; readonly [field: string]: unknown };
  deletionProtection: boolean;
}

export interface Disk extends Resource {
  readonly zone: string;
  sizeGb: string;
  readonly type: string;
  users?: string[];
  labels: Readonly<Record<string, string>>;
  labelFingerprint: string;
}

export interface Address extends Resource {
  readonly address: string;
  status: string;
  users?: string[];
}

const root = 'https://www.googleapis.com/compute/v1/';

/** @param path `projects/p/zones/z/instances/m` */
export function linkOf(path: string): string {
  return root + path;
}

/** `projects/p/zones/z/instances/m` of a link, or of a part of one as callers may write it. */
export function pathOf(link: string, project: string): string {
  const path = link.replace(/^https:\/\/(www|compute)\.googleapis\.com\/compute\/(v1|beta)\//, '');
  return path.startsWith('projects/') ? path : `projects/${project}/${path}`;
}

export function lastPart(link: string): string {
  return link.slice(link.lastIndexOf('/') + 1);
}

/** `address` of `addresses`. */
export function singular(kind: string): string {
  return kind === 'addresses' ? 'address' : kind.replace(/s$/, '');
}

let stamp = 0;

/** A fingerprint that no other has: base64, as of Google's. */
export function freshFingerprint(): string {
  stamp += 1;
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(0x5f7a1b3c, 0);
  bytes.writeUInt32BE(stamp, 4);
  return bytes.toString('base64');
}

/** A number such as Google's ids: longer than what a JavaScript number holds. */
export function freshId(): string {
  stamp += 1;
  return String(4_611_686_018_427_387_904n + BigInt(stamp) * 7919n);
}

export function now(): string {
  return new Date().toISOString().replace('Z', '+00:00');
}
