import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { parseHostCidr } from './host-cidr.js';
import { readHostOnly, type HostOnly } from './interfaces.js';
import { globalData, isOurs, mark, setGlobalData } from './ours.js';

/** Names of the interfaces there were before one was asked for. It stands until the new one has its mark and address. */
const key = 'tsmachine/hostonly-pending';
/** VirtualBox finishes what a VBoxManage asked for that was ended meanwhile. */
const lateTimeout = 1500;

export async function announce(known: readonly HostOnly[], vbox: VBoxManage): Promise<void> {
  await setGlobalData(key, JSON.stringify(known.map(({ name }) => name)), vbox);
}

export async function settle(vbox: VBoxManage): Promise<void> {
  await setGlobalData(key, undefined, vbox);
}

/**
 * Recognises the interface that an earlier run was cut off at, before it had its mark or address, and marks it: the only one that is new since
 * then and that nobody gave an address. What was there before, or somebody configured, is never taken. The caller holds the lock of the network.
 * @returns its name when it is still to be configured
 */
export async function adoptPending(ctx: DriverContext, vbox: VBoxManage): Promise<string | undefined> {
  const before = namesIn(await globalData(key, vbox));
  if (before === undefined) return undefined;
  const made = await newSince(before, ctx, vbox);
  const fresh = made.filter(isUntouched);
  const marked = await filterAsync(made, ({ name }) => isOurs(name, vbox));
  const [own] = marked.length > 0 ? marked.filter(isUntouched) : fresh.length === 1 ? fresh : [];
  if (own) await mark(own.name, vbox);
  else if (fresh.length > 1) {
    ctx.io.warn(
      `One of the host-only adapters ${fresh.map(({ name }) => `"${name}"`).join(', ')} is left of an interrupted create, which one cannot be told. ` +
        'VBoxManage hostonlyif remove NAME removes what nobody needs',
    );
  }
  if (!own) await settle(vbox);
  return own?.name;
}

async function newSince(before: readonly string[], ctx: DriverContext, vbox: VBoxManage): Promise<HostOnly[]> {
  const look = async () => (await readHostOnly(vbox)).filter(({ name }) => !before.includes(name));
  try {
    return await waitFor(
      async () => {
        const made = await look();
        return made.length > 0 ? made : undefined;
      },
      { timeout: lateTimeout, interval: 300, signal: ctx.signal, what: 'a host-only adapter that is being made' },
    );
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'WAIT_TIMEOUT') return [];
    throw error;
  }
}

/** Without an address, or down with the one that VirtualBox shows of `vboxnetN` until somebody gives it another: 192.168.(56 + N).1. */
function isUntouched({ name, cidr, isUp }: HostOnly): boolean {
  if (!cidr) return true;
  const index = /^vboxnet(\d+)$/.exec(name)?.[1];
  return !isUp && index !== undefined && cidr.address === parseHostCidr('192.168.56.1/24').address + 256 * Number(index);
}

/** Undefined where there is no such text: nobody was cut off. */
function namesIn(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.map(String) : undefined;
  } catch {
    return undefined; // somebody else's words: nothing is adopted by them
  }
}

async function filterAsync<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<T[]> {
  const found: T[] = [];
  for (const one of all) if (await test(one)) found.push(one);
  return found;
}
