import { ensureAuthority, renewClientCertificate } from '../../../src/certs/authority.js';
import { silentIo } from '../../../src/base/io.js';

/** `ensure` or `renew` on the four files named after it: what interrupted.test.ts runs as a process of its own. */
const [operation, ca = '', caKey = '', cert = '', key = ''] = process.argv.slice(2);
await (operation === 'renew' ? renewClientCertificate : ensureAuthority)({ ca, caKey, cert, key }, { io: silentIo, user: 'ann' });
