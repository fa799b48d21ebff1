import { TsmachineError, errorText } from '../../base/errors.js';
import { say } from '../../base/text.js';

import { Link } from '../dial/link.js';
import { at } from '../dial/place.js';
import type { Hop } from '../dial/route.js';
import { sshTimeouts } from '../timeouts.js';
import type { ConnectOptions } from '../types.js';
import { bridge } from './bridge.js';
import { checkPresented } from './first-contact.js';
import { openSharedLogin } from './shared-login.js';
import { jumpTrusts, notInstalled, type Trust } from './system-client.js';

/**
 * Logs in on a host with the system's ssh, which finds its way through jump hosts itself, where ssh2 could not.
 * @param limit why ssh2 could not
 * @throws TsmachineError `limit`, with what ssh said, where ssh cannot either; SSH_HOST_KEY_*; the signal's reason when aborted
 */
export async function carry(target: Hop, options: ConnectOptions, limit: TsmachineError): Promise<Link> {
  const { io, signal, env = process.env, machine, knownHostsFile, unknownHostKey } = options;
  const contact = { io, signal, env };
  const { endpoint } = target;
  io.debug(`The system's ssh carries the connection to ${machine}: ${limit.message}`);
  const trust: Trust = { machine, knownHostsFile, unknownHostKey, jumps: await jumpTrusts(endpoint, contact) };
  const checked = await checkPresented(endpoint, trust, target.settings, contact);
  if (typeof checked === 'string') throw neither(target, limit, checked);
  await checked.pin();
  const login = await openSharedLogin(endpoint, { ...trust, ...contact }, sshTimeouts.carriedLogin);
  if (typeof login === 'string') throw neither(target, limit, login);
  const { client, release } = await bridge(login);
  return new Link(client, target, release);
}

/** Neither client can. */
function neither(target: Hop, limit: TsmachineError, said: string): TsmachineError {
  const [words = 'no reason'] = said
    .split('\n')
    .filter((line) => line !== '')
    .slice(-1);
  if (said === notInstalled) {
    return new TsmachineError(limit.code, limit.text, {
      cause: limit,
      hint: "Install OpenSSH's client (ssh) on this computer: it is used where the built-in client cannot.",
    });
  }
  return new TsmachineError(limit.code, say`${limit.text}; the system's ssh cannot either: ${errorText(words)}`, {
    cause: limit,
    hint: limit.hint ?? `For details: ssh -v ${at(target)}`,
  });
}
