/**
 * What matters of Compute Engine's resources, by the names of its API (cloud.google.com/compute/docs/reference/rest/v1). Every field of an
 * answer may be missing. Numbers of 64 bits are texts in answers.
 */

export interface Operation {
  readonly name?: string;
  readonly status?: 'PENDING' | 'RUNNING' | 'DONE' | 'UNDEFINED_STATUS';
  readonly operationType?: string;
  readonly targetLink?: string;
  readonly insertTime?: string;
  /** URLs. */
  readonly zone?: string;
  readonly region?: string;
  readonly httpErrorStatusCode?: number;
  readonly httpErrorMessage?: string;
  readonly error?: { readonly errors?: readonly OperationFault[] };
}

export interface OperationFault {
  readonly code?: string;
  readonly message?: string;
  readonly errorDetails?: readonly { readonly errorInfo?: { readonly metadatas?: Readonly<Record<string, string>> } }[];
}

export interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
  readonly labelFingerprint?: string;
}

export interface MetadataItem {
  readonly key?: string;
  readonly value?: string;
}

export interface Metadata {
  readonly fingerprint?: string;
  readonly items?: readonly MetadataItem[];
}

export interface AccessConfig {
  readonly name?: string;
  readonly type?: string;
  readonly natIP?: string;
  readonly networkTier?: string;
  readonly externalIpv6?: string;
}

export interface NetworkInterface {
  readonly name?: string;
  readonly network?: string;
  readonly subnetwork?: string;
  readonly networkIP?: string;
  readonly ipv6Address?: string;
  readonly stackType?: string;
  readonly accessConfigs?: readonly AccessConfig[];
  readonly ipv6AccessConfigs?: readonly AccessConfig[];
  readonly nicType?: string;
}

export interface AttachedDisk {
  readonly boot?: boolean;
  readonly autoDelete?: boolean;
  readonly deviceName?: string;
  readonly source?: string;
  readonly diskSizeGb?: string | number;
  readonly initializeParams?: {
    readonly diskName?: string;
    readonly sourceImage?: string;
    readonly diskSizeGb?: string | number;
    readonly diskType?: string;
    readonly provisionedIops?: string | number;
    readonly provisionedThroughput?: string | number;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly diskEncryptionKey?: { readonly kmsKeyName?: string };
}

export interface Scheduling {
  readonly preemptible?: boolean;
  readonly provisioningModel?: string;
  readonly instanceTerminationAction?: string;
  readonly automaticRestart?: boolean;
  readonly onHostMaintenance?: string;
}

export interface Instance extends Labelled {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly selfLink?: string;
  readonly status?: string;
  readonly statusMessage?: string;
  readonly creationTimestamp?: string;
  readonly lastStopTimestamp?: string;
  /** URLs. */
  readonly zone?: string;
  readonly machineType?: string;
  readonly hostname?: string;
  readonly tags?: { readonly items?: readonly string[]; readonly fingerprint?: string };
  readonly metadata?: Metadata;
  readonly networkInterfaces?: readonly NetworkInterface[];
  readonly disks?: readonly AttachedDisk[];
  readonly scheduling?: Scheduling;
  readonly serviceAccounts?: readonly { readonly email?: string; readonly scopes?: readonly string[] }[];
  readonly guestAccelerators?: readonly { readonly acceleratorType?: string; readonly acceleratorCount?: number }[];
  readonly shieldedInstanceConfig?: {
    readonly enableSecureBoot?: boolean;
    readonly enableVtpm?: boolean;
    readonly enableIntegrityMonitoring?: boolean;
  };
  readonly minCpuPlatform?: string;
  readonly deletionProtection?: boolean;
}

export interface Disk extends Labelled {
  readonly name?: string;
  readonly zone?: string;
  readonly sizeGb?: string;
  readonly users?: readonly string[];
  readonly creationTimestamp?: string;
}

export interface Allowed {
  readonly IPProtocol?: string;
  readonly ports?: readonly string[];
}

export interface Firewall {
  readonly name?: string;
  readonly description?: string;
  readonly network?: string;
  readonly direction?: string;
  readonly priority?: number;
  readonly disabled?: boolean;
  readonly allowed?: readonly Allowed[];
  readonly denied?: readonly Allowed[];
  readonly sourceRanges?: readonly string[];
  readonly sourceTags?: readonly string[];
  readonly targetTags?: readonly string[];
  readonly creationTimestamp?: string;
}

export interface Image {
  readonly name?: string;
  readonly selfLink?: string;
  readonly family?: string;
  readonly architecture?: string;
  readonly diskSizeGb?: string;
  readonly status?: string;
  readonly deprecated?: { readonly state?: string; readonly replacement?: string };
  readonly licenses?: readonly string[];
}

export interface MachineType {
  readonly name?: string;
  readonly zone?: string;
  readonly guestCpus?: number;
  readonly memoryMb?: number;
  readonly architecture?: string;
  readonly deprecated?: { readonly state?: string };
}

export interface Network {
  readonly name?: string;
  readonly selfLink?: string;
  readonly autoCreateSubnetworks?: boolean;
  readonly subnetworks?: readonly string[];
}

export interface Subnetwork {
  readonly name?: string;
  readonly selfLink?: string;
  readonly network?: string;
  readonly region?: string;
  readonly ipCidrRange?: string;
  readonly stackType?: string;
  readonly ipv6AccessType?: string;
}

export interface StaticAddress {
  readonly name?: string;
  readonly address?: string;
  readonly addressType?: string;
  readonly status?: string;
  readonly region?: string;
  readonly description?: string;
  readonly users?: readonly string[];
  readonly networkTier?: string;
  readonly creationTimestamp?: string;
}

export interface Project {
  readonly name?: string;
  readonly id?: string;
  readonly commonInstanceMetadata?: Metadata;
  readonly defaultServiceAccount?: string;
}

export interface Zone {
  readonly name?: string;
  readonly region?: string;
  readonly status?: string;
}

/** A page of a list. */
export interface Page<T> {
  readonly items?: readonly T[];
  readonly nextPageToken?: string;
}

/** A page of what all zones or regions have, by `zones/europe-west1-b`. */
export interface Aggregated<K extends string, T> {
  readonly items?: Readonly<Record<string, Readonly<Partial<Record<K, readonly T[]>>>>>;
  readonly nextPageToken?: string;
  readonly unreachables?: readonly string[];
}
