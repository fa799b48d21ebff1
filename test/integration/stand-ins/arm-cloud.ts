import { request } from 'node:https';

import { firstPrincipal, firstSubscription, firstTenant, type ArmStandIn, type Principal } from '../../stand-ins/arm/index.js';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const versions: readonly [RegExp, string][] = [
  [/\/Microsoft\.Resources\//i, '2025-04-01'],
  [/\/providers\/[\w.]+(\/register)?$/i, '2025-04-01'],
  [/\/Microsoft\.Compute\/skus/i, '2021-07-01'],
  [/\/Microsoft\.Compute\/disks/i, '2025-01-02'],
  [/\/Microsoft\.Compute\//i, '2026-03-01'],
  [/\/Microsoft\.Network\//i, '2025-05-01'],
  [/\/Microsoft\.MarketplaceOrdering\//i, '2021-01-01'],
  [/^/, '2025-04-01'],
];

/** A plain client, that asks once and takes every answer as it is. */
export class Client {
  readonly #cloud: ArmStandIn;
  readonly #principal: Principal;
  readonly root: string;
  #token: string | undefined;

  constructor(cloud: ArmStandIn, principal: Principal = firstPrincipal, subscription = firstSubscription) {
    this.#cloud = cloud;
    this.#principal = principal;
    this.root = `/subscriptions/${subscription}`;
  }

  async login(): Promise<string> {
    const { client, secret = '', tenant = firstTenant } = this.#principal;
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_secret: secret, scope: 'x/.default' });
    const { status, body } = await send(`${this.#cloud.url}/${tenant}/oauth2/v2.0/token`, 'POST', form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const token = body['access_token'];
    if (status !== 200 || typeof token !== 'string') throw new Error(`no token: ${JSON.stringify(body)}`);
    return (this.#token = token);
  }

  /** @param path below the subscription, or a whole URL of the stand-in */
  async send(method: string, path: string, { body, headers }: Sent = {}): Promise<Answered> {
    const token = this.#token ?? (await this.login());
    const whole = path.startsWith('https:') ? path : this.#cloud.url + (path.startsWith('/subscriptions') ? path : this.root + path);
    const url = new URL(whole);
    const version = versions.find(([pattern]) => pattern.test(url.pathname))?.[1] ?? '';
    if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', version);
    const content = body === undefined ? undefined : JSON.stringify(body);
    const all = { ...(content === undefined ? {} : { 'content-type': 'application/json' }), authorization: `Bearer ${token}`, ...headers };
    return send(url.href, method, content, all);
  }

  get(path: string): Promise<Answered> {
    return this.send('GET', path);
  }

  /** Sends, and looks at the operation until it is over. @throws Error with the code of a refusal or of a failure */
  async done(method: string, path: string, sent: Sent = {}): Promise<Answered> {
    const first = await this.send(method, path, sent);
    if (first.status >= 400) throw new Error(refusal(first));
    const place = first.headers['azure-asyncoperation'] ?? first.headers['location'];
    if (typeof place !== 'string') return first;
    for (let looks = 0; looks < 20; looks++) {
      const seen = await this.get(place);
      if (seen.status >= 400) throw new Error(refusal(seen));
      const state = seen.body['status'] ?? (seen.status === 202 ? 'InProgress' : 'Succeeded');
      if (state === 'Succeeded') return method === 'PUT' ? this.get(path) : seen;
      if (state !== 'InProgress') throw new Error(refusal(seen));
    }
    throw new Error(`${method} ${path} does not end`);
  }
}

/** `STATUS CODE: message` */
export function refusal({ status, body }: Answered): string {
  const { code, message } = (body['error'] ?? {}) as { code?: string; message?: string };
  return `${status} ${code ?? 'no error'}: ${message ?? ''}`;
}

/** Why something was not done; `done` if it was. */
export function reason(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

function send(url: string, method: string, body?: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = String(response.headers['content-type']).startsWith('application/json');
        const parsed = (isJson ? JSON.parse(text) : { text }) as Readonly<Record<string, unknown>>;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
      });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

export const group = '/resourceGroups/rg';
export const network = `${group}/providers/Microsoft.Network`;
export const compute = `${group}/providers/Microsoft.Compute`;
const key = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')} test`;

interface Wanted {
  readonly location?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A group with a network, a security group, an address and an interface, as every machine needs them. */
export async function prepare(client: Client, name = 'm1', location = 'westus2'): Promise<void> {
  const id = (path: string) => ({ id: client.root + path });
  await client.done('PUT', group, { body: { location } });
  await client.done('PUT', `${network}/networkSecurityGroups/nsg`, {
    body: { location, properties: { securityRules: [rule('ssh', 100, '22')] } },
  });
  await client.done('PUT', `${network}/virtualNetworks/vnet`, {
    body: {
      location,
      properties: {
        addressSpace: { addressPrefixes: ['192.168.0.0/16'] },
        subnets: [{ name: 'default', properties: { addressPrefix: '192.168.0.0/20' } }],
      },
    },
  });
  await client.done('PUT', `${network}/publicIPAddresses/${name}-ip`, {
    body: { location, sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Static' } },
  });
  await client.done('PUT', `${network}/networkInterfaces/${name}-nic`, {
    body: {
      location,
      properties: {
        networkSecurityGroup: id(`${network}/networkSecurityGroups/nsg`),
        ipConfigurations: [
          {
            name: 'ip',
            properties: {
              subnet: id(`${network}/virtualNetworks/vnet/subnets/default`),
              publicIPAddress: { ...id(`${network}/publicIPAddresses/${name}-ip`), properties: { deleteOption: 'Delete' } },
            },
          },
        ],
      },
    },
  });
}

export function rule(name: string, priority: number, port: string) {
  return {
    name,
    properties: {
      priority,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: port,
    },
  };
}

/** The body of the plainest machine, with what a test changes. */
export function machineBody(client: Client, name = 'm1', { location = 'westus2', properties, more }: Wanted = {}) {
  return {
    location,
    properties: {
      hardwareProfile: { vmSize: 'Standard_D2s_v5' },
      osProfile: {
        computerName: name,
        adminUsername: 'docker-user',
        customData: Buffer.from('#cloud-config\n').toString('base64'),
        linuxConfiguration: {
          disablePasswordAuthentication: true,
          ssh: { publicKeys: [{ path: '/home/docker-user/.ssh/authorized_keys', keyData: key }] },
        },
      },
      storageProfile: {
        imageReference: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
        osDisk: {
          name: `${name}-os-disk`,
          createOption: 'FromImage',
          deleteOption: 'Delete',
          managedDisk: { storageAccountType: 'StandardSSD_LRS' },
        },
      },
      networkProfile: {
        networkInterfaces: [
          { id: `${client.root}${network}/networkInterfaces/${name}-nic`, properties: { primary: true, deleteOption: 'Delete' } },
        ],
      },
      diagnosticsProfile: { bootDiagnostics: { enabled: true } },
      ...properties,
    },
    ...more,
  };
}
