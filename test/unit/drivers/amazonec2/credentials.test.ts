import { expect } from 'chai';

import { placeOf, profileToKeep, wordsOf } from '../../../../drivers/amazonec2/credentials.js';

const data = { Region: 'eu-central-1', InstanceId: 'i-1', RetryCount: 5 };
const old = { ...data, AccessKey: 'AKIAOLD', SecretKey: 'old', SessionToken: '' };
const recorded = { ...data, Own: { profile: 'prod' } };
const keys = (id: string) => ({ 'amazonec2-access-key': id, 'amazonec2-secret-key': 'secret', 'amazonec2-session-token': '' });
const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret', AWS_PROFILE: 'set' };
const profile = (name: string) => ({ 'amazonec2-profile': name });

describe('as whom Amazon is asked', () => {
  const shown = (place: ReturnType<typeof placeOf>) => place.keys?.accessKey ?? `profile ${place.profile}`;

  const cases: readonly (readonly [string, object, Record<string, string>, string])[] = [
    ['nothing: the chain', data, {}, 'profile '],
    ['keys that are set', data, keys('AKIAENV'), 'AKIAENV'],
    ['a profile that is set', data, profile('set'), 'profile set'],
    ['both that are set: the keys', data, { ...keys('AKIAENV'), ...profile('set') }, 'AKIAENV'],
    ['a typed profile, with keys that are set', data, { ...keys('AKIAENV'), ...profile('dev') }, 'profile dev'],
    ['typed keys, with a typed profile', data, { ...keys('AKIATYPED'), ...profile('dev') }, 'AKIATYPED'],
    ["the machine's profile, with both that are set", recorded, { ...keys('AKIAENV'), ...profile('set') }, 'profile prod'],
    ["the machine's profile, with typed keys", recorded, keys('AKIATYPED'), 'AKIATYPED'],
    ["Docker Machine's keys, with keys that are set", old, keys('AKIAENV'), 'AKIAOLD'],
    ["Docker Machine's keys, with typed ones", old, keys('AKIATYPED'), 'AKIATYPED'],
  ];
  for (const [what, machine, secrets, expected] of cases) {
    it(`${what} -> ${expected}`, () => {
      expect(shown(placeOf(machine as never, secrets, env))).to.equal(expected);
    });
  }

  it("knows another way to the instance of Docker Machine's keys", () => {
    const { otherwise } = placeOf(old, keys('AKIAENV'), env);
    expect(otherwise?.instanceId).to.equal('i-1');
    expect(otherwise?.place.keys?.accessKey).to.equal('AKIAENV');
  });

  it('remembers a profile unless keys took its place', () => {
    expect(profileToKeep({ ...keys('AKIAENV'), ...profile('dev') }, env)).to.equal('dev');
    expect(profileToKeep({ ...keys('AKIAENV'), ...profile('set') }, env)).to.equal('');
    expect(profileToKeep({ ...keys('AKIATYPED'), ...profile('dev') }, env)).to.equal('');
    expect(profileToKeep(profile('set'), env)).to.equal('set');
  });
});

describe('amazonec2: credentials in words', () => {
  const keys = { 'amazonec2-access-key': 'AKIAONE', 'amazonec2-secret-key': 'hidden' };
  const set = { AWS_ACCESS_KEY_ID: 'AKIAONE', AWS_SECRET_ACCESS_KEY: 'hidden' };

  it('name what was given, and nothing secret', () => {
    expect(wordsOf(keys)).to.equal('the keys that were given');
    expect(wordsOf(keys, set)).to.equal('the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    expect(wordsOf({ ...keys, 'amazonec2-profile': 'work' }, set)).to.equal('the profile work');
    expect(wordsOf({ 'amazonec2-profile': 'work' }, { AWS_PROFILE: 'work' })).to.equal('the profile work');
    expect(wordsOf({})).to.match(/usual credentials/);
  });
});
