import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { keyPair } from './tokens.js';

/** How somebody proves who they are. `external`: workload identity; `impersonated`: the same, in the name of a service account. */
export type CredentialKind = 'external' | 'impersonated' | 'metadata' | 'service-account' | 'user';

interface Wanted {
  readonly kind: CredentialKind;
  readonly url: string;
  readonly email: string;
  /** Of `impersonated`: the service account. */
  readonly as?: string;
  readonly project: string;
}

/**
 * Writes the file of a credential.
 * @param dir a folder
 * @returns where it is, for GOOGLE_APPLICATION_CREDENTIALS
 */
export function writeCredential(dir: string, { kind, url, email, as, project }: Wanted): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${kind}.json`);
  writeFileSync(file, JSON.stringify(contentOf()), { mode: 0o600 });
  return file;

  function contentOf(): object {
    if (kind === 'user')
      return {
        type: 'authorized_user',
        client_id: 'stand-in',
        client_secret: 'stand-in-secret-of-the-client',
        refresh_token: refreshToken(email),
      };
    if (kind === 'service-account') {
      const key = { private_key_id: 'stand-in', private_key: keyPair().privateKey, client_email: email, client_id: '1' };
      return { type: 'service_account', project_id: project, ...key, token_uri: `${url}/token` };
    }
    const subject = join(dir, 'subject-token');
    writeFileSync(subject, email, { mode: 0o600 });
    const impersonation = `${url}/v1/projects/-/serviceAccounts/${as ?? email}:generateAccessToken`;
    return {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/stand-in/providers/stand-in',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/sts/v1/token`,
      credential_source: { file: subject },
      ...(kind === 'impersonated' ? { service_account_impersonation_url: impersonation } : {}),
    };
  }
}

/** What a user's sign-in left on the computer. */
export function refreshToken(email: string): string {
  return `1//stand-in-${Buffer.from(email).toString('base64url')}`;
}
