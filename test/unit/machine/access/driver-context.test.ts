import { expect } from 'chai';

import { githubLogin } from '../../../../src/machine/access/driver-context.js';

describe('what a driver fetches', () => {
  const secrets = { githubToken: 'secret' };

  it('lists of releases with the token for GitHub, where there is one', () => {
    for (const url of [
      'https://api.github.com/repos/boot2docker/boot2docker/releases/latest',
      'https://git.example.com/api/v3/repos/ops/b2d/releases/latest',
    ]) {
      expect(githubLogin(url, secrets), url).to.deep.equal({ token: 'secret' });
      expect(githubLogin(url, {}), url).to.deep.equal({});
    }
  });

  it('nothing else, and nothing in the clear', () => {
    for (const url of [
      'http://api.github.com/repos/a/b/releases/latest',
      'https://cloud.debian.org/images/cloud/',
      'https://example.com/repos/a',
      'https://api.github.com.example.com/repos/a',
      'https://example.com/x/api/v3/repos/a',
    ])
      expect(githubLogin(url, secrets), url).to.deep.equal({});
  });
});
