import { randomUUID } from 'node:crypto';

import { ArmError } from '../../front/errors.js';
import { versions } from '../../front/kinds.js';
import { put, same, text } from '../../world/json.js';
import type { Draft } from '../tracked.js';
import { trackedKind, type Tracked } from '../tracked.js';
import { checkNetworkName } from './names.js';
import { types, withAddress } from './used.js';

/** Public addresses: Standard ones. The Basic ones were retired on 2025-09-30, and no new one can be made. */
const addresses: Tracked = {
  type: types.address,
  versions: versions.network,
  checkName: checkNetworkName,
  exclusive: true,
  etags: true,
  prepare(draft) {
    checkSku(draft);
    checkLabel(draft);
    checkQuota(draft);
    const { body, hidden, before, arrived } = draft;
    hidden['guid'] ??= randomUUID();
    const sixth = text(body, 'properties.publicIPAddressVersion') === 'IPv6';
    put(body, 'properties.publicIPAddressVersion', sixth ? 'IPv6' : 'IPv4');
    put(body, 'properties.ipAddress', text(before?.body, 'properties.ipAddress') ?? newAddress(arrived.world.newAddress(), sixth));
    put(body, 'properties.idleTimeoutInMinutes', 4);
    const label = text(body, 'properties.dnsSettings.domainNameLabel');
    if (label !== undefined) put(body, 'properties.dnsSettings.fqdn', `${label}.${text(body, 'location') ?? ''}.cloudapp.azure.com`);
  },
  removable({ id }, subscription) {
    const user = withAddress(subscription, id);
    if (user === undefined) return;
    throw new ArmError(
      400,
      'PublicIPAddressCannotBeDeleted',
      `Public IP address ${id} can not be deleted since it is still allocated to resource ${user.id}. In order to delete the public IP, ` +
        'disassociate/detach the Public IP address from the resource. To learn how to do this, see aka.ms/deletepublicip.',
    );
  },
  show(shown, stored, subscription) {
    put(shown, 'properties.resourceGuid', stored.hidden['guid']);
    const user = withAddress(subscription, stored.id);
    if (user) put(shown, 'properties.ipConfiguration', { id: user.id });
  },
};

function newAddress(fourth: string, sixth: boolean): string {
  return sixth ? `2001:db8::${fourth.replaceAll('.', ':')}` : fourth;
}

function checkSku({ body, before, id }: Draft): void {
  const sku = text(body, 'sku.name') ?? 'Basic';
  if (sku === 'Basic') {
    throw new ArmError(
      400,
      'IPv4BasicSkuPublicIpCountLimitReached',
      'Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.',
    );
  }
  if ((text(body, 'properties.publicIPAllocationMethod') ?? 'Dynamic') !== 'Static') {
    const message = `Standard sku publicIp ${id} must have AllocationMethod set to Static.`;
    throw new ArmError(400, 'StandardSkuPublicIPAddressesMustBeStatic', message);
  }
  put(body, 'sku.tier', text(body, 'sku.tier') ?? 'Regional');
  if (before && JSON.stringify(before.body['zones']) !== JSON.stringify(body['zones'])) {
    const message = `Resource ${before.id} has an existing availability zone constraint and the request has another one, which do not match. Zones cannot be added/updated/removed once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.`;
    throw new ArmError(400, 'ResourceAvailabilityZonesCannotBeModified', message);
  }
}

function checkLabel({ body, id, arrived }: Draft): void {
  const label = text(body, 'properties.dnsSettings.domainNameLabel');
  if (label === undefined) return;
  if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label)) {
    const message = `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`;
    throw new ArmError(400, 'InvalidDomainNameLabel', message);
  }
  const location = text(body, 'location');
  const others = [...arrived.world.subscriptions.values()].flatMap((each) => each.of(types.address));
  const taken = others.some(
    (other) =>
      !same(other.id, id) &&
      text(other.body, 'location') === location &&
      text(other.body, 'properties.dnsSettings.domainNameLabel') === label,
  );
  if (!taken) return;
  const name = `${label}.${location ?? ''}.cloudapp.azure.com`;
  throw new ArmError(400, 'DnsRecordInUse', `DNS record ${name} is already used by another public IP.`);
}

function checkQuota({ body, before, arrived }: Draft): void {
  const { addresses: most } = arrived.subscription.limits;
  if (most === undefined || before) return;
  const location = text(body, 'location');
  const there = arrived.subscription.of(types.address).filter((each) => text(each.body, 'location') === location).length;
  if (there < most) return;
  const message = `Cannot create more than ${most} public IP addresses for this subscription in this region.`;
  throw new ArmError(400, 'PublicIPCountLimitReached', message);
}

export const addressKind = trackedKind(addresses);
