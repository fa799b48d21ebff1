import { expect } from 'chai';

import { codeOf, isNotFound, refusal } from '../../../../drivers/amazonec2/errors.js';
import { plain } from '../../../../src/base/text.js';

const place = { action: 'RunInstances', region: 'eu-central-1', profile: '', secrets: ['AKIASECRETKEY1', 'wJalrSecret'] };

function answered(code: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: status, requestId: 'req-1' } });
}

describe('errors of Amazon', () => {
  it('name the call, the region, the words, the code and the request', () => {
    const error = refusal(answered('VcpuLimitExceeded', 'You have requested more vCPU capacity than your current limit.'), place);
    expect(error.message).to.equal(
      'EC2 in eu-central-1 refuses RunInstances: You have requested more vCPU capacity than your current limit (VcpuLimitExceeded, request req-1)',
    );
    expect(plain(error.hint ?? '')).to.include('region=eu-central-1');
    expect(codeOf(error)).to.equal('VcpuLimitExceeded');
  });

  it('names the right that is missing, and how to read the whole reason', () => {
    const words =
      'You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: ec2:CreateTags on ' +
      'resource: arn:aws:ec2:*. Encoded authorization failure message: Zm9vYmFy';
    const error = refusal(answered('UnauthorizedOperation', words, 403), place);
    expect(error.message).not.to.include('Zm9vYmFy');
    expect(plain(error.hint ?? '')).to.match(/^Allow ec2:CreateTags .*\n.*--encoded-message Zm9vYmFy$/);
  });

  it('names the call where Amazon names no right', () => {
    expect(plain(refusal(answered('UnauthorizedOperation', 'No.', 403), place).hint ?? '')).to.include('Allow ec2:RunInstances');
  });

  it('waits after throttling', () => {
    expect(refusal(answered('RequestLimitExceeded', 'Request limit exceeded.', 503), place).code).to.equal('PROVIDER_BUSY');
  });

  it('hides secrets in the message, and in the stack', () => {
    const error = refusal(answered('IncompleteSignature', 'Credential=AKIASECRETKEY1/2026, wJalrSecret'), place);
    const { cause } = error as { cause?: Error };
    expect(`${error.message} ${error.stack ?? ''} ${cause?.message ?? ''} ${cause?.stack ?? ''}`).not.to.match(
      /AKIASECRETKEY1|wJalrSecret/,
    );
  });

  const hinted: readonly (readonly [Error, RegExp])[] = [
    [answered('AuthFailure', 'not able to validate'), /--amazonec2-profile/],
    [answered('OptInRequired', 'You are not subscribed'), /Enable the region .* --amazonec2-region/],
    [answered('InvalidKeyPair.NotFound', "The key pair 'x' does not exist"), /--amazonec2-keypair-name/],
    [answered('PendingVerification', 'wait'), /Try again/],
    [answered('InsufficientInstanceCapacity', 'no', 500), /--amazonec2-zone can be repeated/],
    [
      Object.assign(new Error('getaddrinfo ENOTFOUND ec2.xx.amazonaws.com'), { code: 'ENOTFOUND' }),
      /network of this computer.*--amazonec2-region/,
    ],
    [new Error('read', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) }), /Check the network/],
    [Object.assign(new Error('The SSO session associated with this profile has expired.'), { name: 'x' }), /aws sso login/],
  ];
  for (const [error, hint] of hinted) {
    it(`says what to do about: ${error.name} ${error.message}`, () => {
      expect(plain(refusal(error, place).hint ?? '')).to.match(hint);
    });
  }

  it('tells what does not exist', () => {
    expect(isNotFound(answered('InvalidInstanceID.NotFound', ''))).to.equal(true);
    expect(isNotFound(answered('UnauthorizedOperation', ''))).to.equal(false);
    expect(isNotFound(new Error('NotFound'))).to.equal(false);
  });
});
