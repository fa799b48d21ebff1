import { ArmError } from '../front/errors.js';
import { versions, type Answer, type Arrived, type Kind } from '../front/kinds.js';
import { dig, isJson, same, text, type Json } from '../world/json.js';
import { images, type Image } from './compute/catalogue/images.js';

const type = 'Microsoft.MarketplaceOrdering/offerTypes/publishers/offers/plans/agreements';
const action = 'Microsoft.MarketplaceOrdering/offertypes/publishers/offers/plans/agreements';

function imageOf({ address }: Arrived): Image {
  const [, publisher, offer, plan] = address.names;
  const found = images.find(
    (each) => each.plan === true && same(each.publisher, publisher) && same(each.offer, offer) && same(each.sku, plan),
  );
  if (found) return found;
  throw new ArmError(
    400,
    'BadRequest',
    `Unable to find legal terms for this offer; publisher '${publisher ?? ''}', offer '${offer ?? ''}', plan '${plan ?? ''}'.`,
  );
}

function keyOf({ publisher, offer, sku }: Image): string {
  return `${publisher}:${offer}:${sku}`.toLowerCase();
}

function terms(arrived: Arrived): Json {
  const image = imageOf(arrived);
  return {
    id: arrived.address.id,
    name: image.sku,
    type: 'Microsoft.MarketplaceOrdering/offertypes',
    properties: {
      publisher: image.publisher,
      product: image.offer,
      plan: image.sku,
      licenseTextLink: 'https://example.com/license',
      privacyPolicyLink: 'https://example.com/privacy',
      retrieveDatetime: '2026-11-01T00:00:00.0000000Z',
      signature: 'SIGNATUREOFTHETERMS',
      accepted: arrived.subscription.agreements.has(keyOf(image)),
    },
  };
}

function sign(arrived: Arrived): Answer {
  const image = imageOf(arrived);
  const given = dig(arrived.body, 'properties');
  const shown = terms(arrived);
  const properties = dig(shown, 'properties');
  if (!isJson(given) || given['signature'] !== text(properties, 'signature') || given['product'] !== image.offer) {
    throw new ArmError(400, 'BadRequest', 'The terms in the request are not those that were shown: the signature does not match.');
  }
  if (given['accepted'] === true) arrived.subscription.agreements.add(keyOf(image));
  else arrived.subscription.agreements.delete(keyOf(image));
  return { status: 200, body: terms(arrived) };
}

/** Terms of images that are sold: read, and accepted by sending them back. */
export const marketplaceKinds: readonly Kind[] = [
  {
    type,
    versions: versions.marketplace,
    handlers: {
      GET: { action: `${action}/read`, work: (arrived) => ({ status: 200, body: terms(arrived) }) },
      PUT: { action: `${action}/write`, takes: 'own', work: sign },
    },
  },
];
