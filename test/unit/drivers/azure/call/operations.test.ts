import { expect } from 'chai';

import { followed, operationOf } from '../../../../../drivers/azure/call/operations.js';
import { ArmRefusal, refusalOf, type Answer } from '../../../../../drivers/azure/call/refusal.js';
import { tenantIn } from '../../../../../drivers/azure/call/tenant.js';

const endpoint = 'https://management.azure.com';
const url = `${endpoint}/subscriptions/1/operations/2`;

function answer(status: number, headers: Record<string, string> = {}, body?: unknown): Answer {
  return { status, headers: { get: (name) => headers[name] }, bodyAsText: body === undefined ? '' : JSON.stringify(body) };
}

async function follow(answers: readonly Answer[], first?: Answer, where = url) {
  const pauses: number[] = [];
  const pace = { now: () => 0, pause: (ms: number) => Promise.resolve(void pauses.push(ms)) };
  let asked = 0;
  const ask = () => Promise.resolve(answers[asked++] ?? answer(500));
  const error: unknown = await followed(where, first, { endpoint, pace, signal: new AbortController().signal, ask }).catch(
    (thrown: unknown) => thrown,
  );
  return { asked, pauses, error };
}

describe('azure: long-running operations', () => {
  it('are looked at where Azure says', () => {
    expect(operationOf('PUT', 'u', answer(201, { 'azure-asyncoperation': url, location: 'other' }))).to.equal(url);
    expect(operationOf('DELETE', 'u', answer(202, { location: url }))).to.equal(url);
    expect(operationOf('PUT', 'u', answer(201, {}, { properties: { provisioningState: 'Updating' } }))).to.equal('u');
    expect(operationOf('PUT', 'u', answer(201, { location: 'x' }, { properties: { provisioningState: 'Succeeded' } }))).to.equal(undefined);
    expect(operationOf('GET', 'u', answer(200, {}, { properties: { provisioningState: 'Updating' } }))).to.equal(undefined);
    expect(operationOf('POST', 'u', answer(200))).to.equal(undefined);
  });

  it('are looked at no more often than Azure asks', async () => {
    const going = answer(200, { 'retry-after': '7' }, { status: 'InProgress' });
    const first = answer(201, { 'retry-after': '3' });
    const { asked, pauses } = await follow(
      [going, answer(200, {}, { status: 'InProgress' }), answer(200, {}, { status: 'Succeeded' })],
      first,
    );
    expect(asked).to.equal(3);
    expect(pauses).to.deep.equal([3000, 7000, 4500]);
  });

  it('end with an empty answer, and with what failed', async () => {
    expect((await follow([answer(202), answer(204)])).error).to.equal(undefined);
    const late = { status: 'Failed', error: { code: 'ZonalAllocationFailed', message: 'no room' } };
    const { error } = await follow([answer(200, {}, late)]);
    expect(error).to.be.instanceOf(ArmRefusal).and.include({ code: 'ZonalAllocationFailed', status: 0, message: 'no room' });
    expect((await follow([answer(200, {}, { properties: { provisioningState: 'Canceled' } })])).error).to.include({
      code: 'OperationCanceled',
    });
  });

  it('are never asked for at another host', async () => {
    for (const where of ['https://evil.example/x', 'http://management.azure.com/x', 'https://management.azure.com.evil.example/x', 'x'])
      expect((await follow([answer(200)], undefined, where)).asked, where).to.equal(0);
    expect((await follow([answer(200)], undefined, 'https://westus.management.azure.com/x')).asked).to.equal(1);
  });
});

describe('azure: refusals', () => {
  it('are read from every form in which Azure writes them', () => {
    expect(refusalOf(answer(404, { 'x-ms-request-id': 'r' }, { error: { code: 'A', message: ' b ' } }))).to.include({
      code: 'A',
      message: 'b',
    });
    const wrapped = { error: { code: 'DeploymentFailed', message: 'x', details: [{ code: 'QuotaExceeded', message: 'y' }] } };
    expect(refusalOf(answer(409, {}, wrapped))).to.include({ code: 'QuotaExceeded', message: 'y' });
    expect(refusalOf(answer(400, {}, { code: 'C', message: 'd' }))).to.include({ code: 'C', message: 'd' });
    expect(refusalOf({ ...answer(502), bodyAsText: '<html>' })).to.include({ code: 'HTTP 502', status: 502 });
    expect(refusalOf(answer(429, { 'retry-after': '11' })).details.retryAfter).to.equal(11_000);
  });

  it('of who asks without a token name the tenant', () => {
    const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
    expect(tenantIn(`Bearer authorization_uri="https://login.microsoftonline.com/${tenant}", error="invalid_token"`)).to.equal(tenant);
    expect(tenantIn('Bearer')).to.equal(undefined);
  });
});
