import {
  ClientSecretCredential,
  DeviceCodeCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { expect } from 'chai';

import { scratch } from '../../helpers/scratch.js';
import { armStandIn, firstPrincipal, firstTenant, type ArmStandIn } from '../../stand-ins/arm/index.js';

/** Azure's own library asks for the tokens, so that the stand-in gives them as Azure does. */
describe('the stand-in for Azure Resource Manager: credentials of the SDK', () => {
  let cloud: ArmStandIn;
  const { client: clientId, secret = '' } = firstPrincipal;
  const scope = 'https://management.azure.com/.default';

  before(async function () {
    cloud = await armStandIn(this);
  });

  beforeEach(async () => {
    await cloud.reset();
  });

  const authority = () => ({ authorityHost: cloud.url, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } });
  const message = (credential: TokenCredential) =>
    credential.getToken(scope).then(
      () => 'a token',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  /** Some credentials are told by variables alone. */
  async function within<T>(env: Readonly<Record<string, string>>, use: () => Promise<T>): Promise<T> {
    const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
    Object.assign(process.env, env);
    try {
      return await use();
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    }
  }

  it('a service principal, and why it is refused', async () => {
    expect(await message(new ClientSecretCredential(firstTenant, clientId, secret, authority()))).to.equal('a token');
    expect(await message(new ClientSecretCredential(firstTenant, clientId, 'wrong', authority()))).to.include('AADSTS7000215');
    expect(await message(new ClientSecretCredential(firstTenant, '99999999-1111-4222-8333-444444444444', secret, authority()))).to.include(
      'AADSTS700016',
    );
    await cloud.changePrincipal(clientId, { expired: true });
    expect(await message(new ClientSecretCredential(firstTenant, clientId, secret, authority()))).to.include('AADSTS7000222');
  });

  it('a workload identity', async () => {
    const { AZURE_FEDERATED_TOKEN_FILE: tokenFilePath = '' } = await cloud.workloadEnv(scratch());
    expect(await message(new WorkloadIdentityCredential({ tenantId: firstTenant, clientId, tokenFilePath, ...authority() }))).to.equal(
      'a token',
    );
  });

  it('a managed identity, of a service and of the metadata address', async () => {
    const { IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = cloud.managedEnv(scratch());
    await within({ IDENTITY_ENDPOINT, IDENTITY_HEADER }, async () => {
      expect(await message(new ManagedIdentityCredential())).to.equal('a token');
    });
    await within({ AZURE_POD_IDENTITY_AUTHORITY_HOST: cloud.url }, async () => {
      expect(await message(new ManagedIdentityCredential({ clientId }))).to.equal('a token');
    });
    expect((await cloud.calls()).map(({ service, action, outcome }) => `${service} ${action} ${outcome ?? ''}`)).to.include(
      'metadata token ok',
    );
  });

  it('a user with a code', async () => {
    const said: string[] = [];
    const userPromptCallback = ({ message: text }: { message: string }) => void said.push(text);
    const credential = new DeviceCodeCredential({ tenantId: firstTenant, clientId, userPromptCallback, ...authority() });
    expect(await message(credential)).to.equal('a token');
    expect(said[0]).to.include('STANDIN22');
  });
});
