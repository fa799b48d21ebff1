import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { flags } from '../../../../drivers/google/flags.js';
import type { FlagSpec } from '../../../../src/base/flags.js';

/** Docker Machine's and rancher-machine's, with their variables: docs/compatibility.md. */
const known: Readonly<Record<string, string | undefined>> = {
  zone: 'GOOGLE_ZONE',
  'machine-type': 'GOOGLE_MACHINE_TYPE',
  'machine-image': 'GOOGLE_MACHINE_IMAGE',
  username: 'GOOGLE_USERNAME',
  project: 'GOOGLE_PROJECT',
  'service-account': 'GOOGLE_SERVICE_ACCOUNT',
  scopes: 'GOOGLE_SCOPES',
  'disk-size': 'GOOGLE_DISK_SIZE',
  'disk-type': 'GOOGLE_DISK_TYPE',
  network: 'GOOGLE_NETWORK',
  subnetwork: 'GOOGLE_SUBNETWORK',
  address: 'GOOGLE_ADDRESS',
  preemptible: 'GOOGLE_PREEMPTIBLE',
  tags: 'GOOGLE_TAGS',
  'use-internal-ip': 'GOOGLE_USE_INTERNAL_IP',
  'use-internal-ip-only': 'GOOGLE_USE_INTERNAL_IP_ONLY',
  'use-existing': 'GOOGLE_USE_EXISTING',
  'open-port': 'GOOGLE_OPEN_PORT',
  'auth-encoded-json': 'GOOGLE_AUTH_ENCODED_JSON',
  'external-firewall-rule-prefix': undefined,
  'internal-firewall-rule-prefix': undefined,
  userdata: 'GOOGLE_USERDATA',
  'vm-labels': 'GOOGLE_VM_LABELS',
};

function row({ name, env, default: preset, usage, values }: FlagSpec): string {
  const shown = Array.isArray(preset) ? preset.join(', ') : preset === undefined || preset === false || preset === 0 ? '' : String(preset);
  const code = (text: string | undefined) => (text === undefined || text === '' ? '' : `\`${text}\``);
  const choices = values ? `: ${values.map(code).join(', ')}` : '';
  return `| \`--${name}\` | ${code(env)} | ${code(shown)} | ${usage}${choices} |`;
}

describe("google's flags", () => {
  it("are Docker Machine's and rancher-machine's with their variables, and more", () => {
    const variables = new Map(flags.map(({ name, env }) => [name, env]));
    for (const [name, env] of Object.entries(known)) {
      expect(variables.has(`google-${name}`), name).to.equal(true);
      expect(variables.get(`google-${name}`), name).to.equal(env);
    }
  });

  it('are those of the table in docs/google.md, with their variables, defaults and words', () => {
    const page = readFileSync(new URL('../../../../docs/google.md', import.meta.url), 'utf8');
    const table = page.split('\n').filter((line) => line.startsWith('| `--google-'));
    expect(table).to.deep.equal(flags.map(row));
  });

  it('are secret where they are: credentials alone', () => {
    expect(flags.filter(({ secret }) => secret).map(({ name }) => name)).to.deep.equal(['google-auth-encoded-json']);
  });
});
