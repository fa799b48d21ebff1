import { expect } from 'chai';

import { parseExpectedKey } from '../../../../src/base/ssh/host-key.js';

const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ0jdtQsCxAQEWr2GWB51gYrDrjAwgIY9ybiqGkW8fLd';
const print = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU';

describe('a host key that somebody expects', () => {
  for (const text of [`ssh-ed25519 ${base64}`, `ssh-ed25519 ${base64} root@host`, `10.0.0.1 ssh-ed25519 ${base64}`]) {
    it(`is a key: ${text.replace(base64, '...')}`, () => {
      expect(parseExpectedKey(text)).to.deep.equal({ type: 'ssh-ed25519', base64 });
    });
  }
  for (const text of [print, `${print}=`, `256 ${print} root@host (ED25519)`]) {
    it(`is a fingerprint: ${text}`, () => {
      expect(parseExpectedKey(text)).to.deep.equal({ print });
    });
  }
  for (const text of [
    '',
    'ssh-ed25519',
    `ssh-rsa ${base64}`,
    'ssh-ed25519 AAAA',
    'SHA256:short',
    `MD5:${'00:'.repeat(15)}00`,
    `x${print}`,
  ]) {
    it(`is none: "${text}"`, () => {
      expect(parseExpectedKey(text)).to.equal(undefined);
    });
  }
});
