import { isIP } from 'node:net';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { states } from '../../base/machine.js';
import { say, type Text } from '../../base/text.js';
import type { Address, Look } from '../../driver/contract.js';
import type { Ends, HeldMachine } from './held-machine.js';
import type { Plain } from './methods.js';

/** rancher's only state more: `Not Found`. */
const notFound = 9;

/** How a machine that was made is now, and where. @throws TsmachineError RPC_FAILED when its plugin cannot tell its state */
export async function lookAt(held: HeldMachine, ends: Ends, debug: (text: Text) => void): Promise<Look> {
  const number = await held.ask('GetState', ends);
  if (number === notFound) return { state: 'None', addresses: [], why: { code: 'gone', text: 'there is nothing left of it' } };
  const state = states[number];
  if (state === undefined) throw held.fails(`tells the state ${number}, which does not exist`);
  if (state !== 'Running') return { state, addresses: [] };
  const ask = async <M extends Plain>(method: M) => {
    try {
      return await held.ask(method, ends);
    } catch (error) {
      // a machine that is coming up has no address yet, and plugins say so as an error
      if (!TsmachineError.is(error) || error.code !== 'RPC_FAILED') throw error;
      debug(say`${method}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const addresses = addressesOf([await ask('GetIP'), await ask('GetIPv6')]);
  const host = (await ask('GetSSHHostname')) || addresses[0]?.ip;
  const dockerUrl = await ask('GetURL');
  const at = { state, addresses, ...(dockerUrl ? { dockerUrl } : {}) };
  if (!host) return at;
  const [user, port, keyPath] = [await ask('GetSSHUsername'), await ask('GetSSHPort'), await ask('GetSSHKeyPath')];
  return { ...at, ssh: { host, port: port || 22, user: user || 'root', ...(keyPath ? { keyPath } : {}) } };
}

function addressesOf(told: readonly (string | undefined)[]): Address[] {
  const ips = told.map((one = '') => one.trim()).filter((one) => one !== '');
  return [...new Set(ips)].map((ip) => ({ ip, scope: isPrivate(ip) ? 'private' : 'public' }));
}

/** RFC 1918, RFC 4193, RFC 3927 and RFC 6598. */
function isPrivate(ip: string): boolean {
  if (isIP(ip) === 6) return /^(f[cd]|fe80:)/i.test(ip);
  return isIP(ip) === 4 && /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(ip);
}
