import { resolve } from 'node:path';

import type { DriverData } from '../../src/driver/contract.js';
import { fits, network, ownRule } from '../../src/driver/kit/cloud/flags/own.js';
import {
  baseRules,
  checkFields,
  flag,
  host,
  id,
  inside,
  listOf,
  number,
  oneOf,
  optional,
  path,
  text,
  type Rule,
} from '../../src/driver/kit/check.js';
import { clouds } from './call/clouds.js';
import { ownOf } from '../../src/driver/kit/cloud/flags/own.js';
import { formats, isResourceId } from './formats.js';

/** Docker Machine's files pass too, with the lists that Go writes as null. @throws TsmachineError CONFIG_UNREADABLE naming the field */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  checkFields(data, {
    ...baseRules,
    SSHKeyPath: optional(keyPath(data, machineDir)),
    ClientID: optional(id),
    ClientSecret: text,
    Environment: optional(oneOf([...Object.keys(clouds), 'AzureGermanCloud'])),
    SubscriptionID: optional(fits(formats.guid)),
    ResourceGroup: optional(fits(formats.group)),
    DockerPort: number(0, 65_535),
    Location: optional(fits({ ...formats.location, fits: (word) => formats.location.fits(word.replaceAll(' ', '').toLowerCase()) })),
    Size: optional(fits(formats.size)),
    Image: optional(fits(formats.image)),
    VirtualNetwork: optional(fits(formats.vnet)),
    SubnetName: optional(fits(formats.subnet)),
    SubnetPrefix: optional(network),
    AvailabilitySet: optional(fits(formats.availabilitySet)),
    StorageType: optional(id),
    OpenPorts: listOf(fits(formats.openPort)),
    PrivateIPAddr: optional(host),
    UsePrivateIP: flag,
    NoPublicIP: flag,
    DNSLabel: text,
    StaticPublicIP: flag,
    CustomDataFile: text,
    TenantID: optional(fits(formats.tenant)),
    NSG: optional(fits(formats.securityGroup)),
    Plan: optional(fits(formats.plan)),
    ManagedDisks: flag,
    FaultCount: number(0, 100),
    UpdateCount: number(0, 100),
    DiskSize: number(0, 65_536),
    Tags: tags,
    AvailabilityZone: optional(fits(formats.zone)),
    EnablePublicIPStandardSKU: flag,
    AcceleratedNetworking: flag,
    EncryptionAtHost: flag,
    Own: ownRule(ownRules),
  });
}

const ownRules: Readonly<Record<string, Rule>> = {
  endpoint: optional(fits(formats.url)),
  authority: optional(fits(formats.url)),
  retries: number(0, 100),
  sizes: listOf(fits(formats.size)),
  zones: listOf(fits(formats.zone)),
  diskSize: number(0, 65_536),
  ephemeralDisk: flag,
  proximityGroup: optional(fits(formats.proximityGroup)),
  identities: listOf(fits(formats.identity)),
  spot: flag,
  spotPrice: text,
  spotFallback: flag,
  evictionPolicy: optional(oneOf(['Deallocate', 'Delete'])),
  engineAtBoot: flag,
  allowedCidrs: listOf(network),
  addressLookup: optional(fits(formats.lookup)),
  keyPath: text,
  vmId: optional(resource('Microsoft.Compute/virtualMachines')),
  interfaceId: optional(resource('Microsoft.Network/networkInterfaces')),
  addressId: optional(resource('Microsoft.Network/publicIPAddresses')),
  groupId: optional(resource('Microsoft.Network/networkSecurityGroups')),
  subnetId: optional(resource('Microsoft.Network/virtualNetworks')),
  privateIp: optional(host),
  fqdn: optional(host),
  stopped: flag,
  madeAt: text,
};

/** Ids become parts of URLs that tokens are sent to. */
function resource(type: string): Rule {
  return (value) => text(value) ?? (isResourceId(value as string, type) ? undefined : `is not the id of one of ${type}`);
}

/** rancher-machine's form: an object of texts, or null. */
function tags(value: unknown): string | undefined {
  if (value === null || value === '') return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return 'is not an object';
  return Object.values(value).every((word) => word === null || text(word) === undefined) ? undefined : 'has a value that is not a text';
}

/** In the machine's folder, or where the user's own key lies. */
function keyPath(data: DriverData, machineDir: string): Rule {
  const { keyPath: own } = typeof data['Own'] === 'object' ? ownOf(data) : {};
  return (value) =>
    path(value) ??
    (typeof own === 'string' && own !== '' && resolve(value as string) === resolve(own) ? undefined : inside(machineDir)(value));
}
