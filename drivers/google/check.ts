import type { DriverData } from '../../src/driver/contract.js';
import { baseRules, checkFields, flag, host, inside, listOf, number, optional, text, type Rule } from '../../src/driver/kit/check.js';
import { fits, network, ownRule } from '../../src/driver/kit/cloud/flags/own.js';
import { formats } from './formats.js';

/** Docker Machine's files pass too, with the lists that Go writes as null. @throws TsmachineError CONFIG_UNREADABLE naming the field */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  checkFields(data, {
    ...baseRules,
    SSHKeyPath: optional(inside(machineDir)),
    MachineName: optional(part),
    Auth: text,
    Zone: optional(part),
    MachineType: optional(path),
    MachineImage: optional(path),
    DiskType: optional(part),
    Address: optional(part),
    Network: optional(path),
    Subnetwork: optional(path),
    Preemptible: flag,
    UseInternalIP: flag,
    UseInternalIPOnly: flag,
    ServiceAccount: text,
    Scopes: text,
    DiskSize: number(0, 65_536),
    Project: optional(project),
    Tags: text,
    UseExisting: flag,
    OpenPorts: listOf(fits(formats.openPort)),
    Userdata: text,
    ExternalFirewallRulePrefix: optional(part),
    InternalFirewallRulePrefix: optional(part),
    VMLabels: text,
    Own: ownRule(ownRules),
  });
}

const ownRules: Readonly<Record<string, Rule>> = {
  impersonated: text,
  endpoint: optional(fits(formats.endpoint)),
  retries: number(-1, Number.MAX_SAFE_INTEGER),
  zones: listOf(part),
  image: text,
  machineTypes: listOf(part),
  diskSize: number(0, 65_536),
  diskType: optional(part),
  diskIops: number(0, 1_000_000),
  diskThroughput: number(0, 100_000),
  diskKmsKey: optional(fits(formats.kmsKey)),
  accelerator: optional(fits(formats.accelerator)),
  minCpuPlatform: text,
  secureBoot: flag,
  deletionProtection: flag,
  engineAtBoot: flag,
  spot: flag,
  spotFallback: flag,
  networkTier: text,
  ipv6: flag,
  allowedCidrs: listOf(network),
  addressLookup: optional(fits(formats.url)),
  firewallReadonly: flag,
  instanceId: optional(part),
  internalIp: optional(host),
  network: optional(path),
};

/** One part of a path in a URL: nothing in it leads elsewhere. */
function part(value: unknown): string | undefined {
  return text(value) ?? (/^[A-Za-z0-9](?:[\w.-]*\w)?$/.test(value as string) ? undefined : 'is not a name');
}

function path(value: unknown): string | undefined {
  return text(value) ?? (/^[A-Za-z0-9][\w.:-]*(\/[A-Za-z0-9][\w.:-]*)*$/.test(value as string) ? undefined : 'is not a path of names');
}

function project(value: unknown): string | undefined {
  return text(value) ?? (/^[a-z0-9][a-z0-9.:-]*$/.test(value as string) ? undefined : 'is not a project');
}
