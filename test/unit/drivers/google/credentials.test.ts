import { expect } from 'chai';

import { accountOf } from '../../../../drivers/google/call/place.js';
import { credentialsFrom, placeOf, secretsOf, wordsOf } from '../../../../drivers/google/credentials.js';
import { failureOf } from '../../../helpers/failure.js';

const key = { type: 'service_account', private_key: '-----BEGIN PRIVATE KEY-----\nabc\n', client_email: 'a@b.gserviceaccount.com' };
const json = JSON.stringify(key);

describe('google: credentials', () => {
  it('are taken as JSON and in base64', () => {
    expect(credentialsFrom(json)).to.deep.equal(key);
    expect(credentialsFrom(Buffer.from(json).toString('base64'))).to.deep.equal(key);
  });

  it('that are none are refused without a word of them', async () => {
    for (const text of ['secret', '{"private_key":"secret"}', '[1]']) {
      const { code, message } = await failureOf(Promise.resolve().then(() => credentialsFrom(text)));
      expect(code).to.equal('FLAG_INVALID');
      expect(message).to.include('--google-auth-encoded-json').and.not.include('secret');
    }
  });

  it('that are given come before those of rancher-machine in config.json', () => {
    const data = { Project: 'p', Auth: JSON.stringify({ type: 'authorized_user' }) };
    expect(placeOf(data, { 'google-auth-encoded-json': json }).credentials).to.deep.equal(key);
    expect(placeOf(data, {}).credentials).to.deep.equal({ type: 'authorized_user' });
    expect(placeOf({ Project: 'p' }, {})).not.to.have.property('credentials');
  });

  it('act as the service account that the machine was made as, unless another is given', () => {
    const data = { Project: 'p', Own: { impersonated: 'a@x.iam.gserviceaccount.com' } };
    expect(placeOf(data, {}).impersonated).to.equal('a@x.iam.gserviceaccount.com');
    expect(placeOf(data, { 'google-impersonate-service-account': 'b@x.iam.gserviceaccount.com' }).impersonated).to.match(/^b@/);
  });

  it('are told in words without a secret', () => {
    expect(wordsOf({})).to.equal("Google's application-default credentials");
    const words = wordsOf({ 'google-auth-encoded-json': json, 'google-project': 'p1' });
    expect(words).to.equal('the credentials that were given, in the project p1');
  });

  it('of different people and projects are different accounts, and nothing leads back to them', () => {
    const place = { project: 'p', endpoint: '', retries: 5, impersonated: '' };
    const ids = [place, { ...place, project: 'q' }, { ...place, impersonated: 'a' }, { ...place, credentials: key }].map(accountOf);
    expect(new Set(ids).size).to.equal(4);
    expect(accountOf({ ...place, retries: 1 })).to.equal(ids[0]);
    expect(secretsOf(key)).to.include(key.private_key);
  });
});
