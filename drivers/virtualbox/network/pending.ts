import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import { parseJson } from '../../../src/base/json.js';
import type { AccountContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { parseHostCidr } from './host-cidr.js';
import { readHostOnly, type HostOnly } from './interfaces.js';
import { globalData, isOurs, mark, setGlobalData } from './ours.js';

/** The interfaces before one was asked for, and the store that asked. It stays until the new one has its mark and address. */
export const pendingKey = 'tsmachine/hostonly-pending';
/** VirtualBox finishes what an interrupted VBoxManage had asked for. */
const lateTimeout = 1500;

export async function announce(known: readonly HostOnly[], store: string, vbox: VBoxManage): Promise<void> {
  await setGlobalData(pendingKey, JSON.stringify({ store, before: known.map(({ name }) => name) }), vbox);
}

export async function endAnnouncement(vbox: VBoxManage): Promise<void> {
  await setGlobalData(pendingKey, undefined, vbox);
}

/**
 * Finds the interface that an interrupted run made but did not mark or give an address yet, and marks it: the only one that is new since
 * then and has no address. One that was there before, or that somebody configured, is never taken. The caller holds the lock of the
 * network.
 * @returns its name when it is still to be configured
 */
export async function adoptPending(ctx: Pick<AccountContext, 'io' | 'signal'>, vbox: VBoxManage): Promise<string | undefined> {
  const announced = parseAnnouncement(await globalData(pendingKey, vbox));
  if (announced === undefined) return undefined;
  const made = await newSince(announced.before, ctx, vbox);
  const fresh = made.filter(isUntouched);
  const marked = await filterAsync(made, ({ name }) => isOurs(name, vbox));
  const [own] = marked.length > 0 ? marked.filter(isUntouched) : fresh.length === 1 ? fresh : [];
  if (own) await mark({ name: own.name, store: announced.store }, vbox);
  else if (fresh.length > 1) {
    ctx.io.warn(
      `One of the host-only adapters ${fresh.map(({ name }) => `"${name}"`).join(', ')} was left by an interrupted create; ` +
        'it is unknown which one. Remove those that nobody needs: VBoxManage hostonlyif remove NAME',
    );
  }
  if (!own) await endAnnouncement(vbox);
  return own?.name;
}

async function newSince(before: readonly string[], ctx: Pick<AccountContext, 'io' | 'signal'>, vbox: VBoxManage): Promise<HostOnly[]> {
  try {
    return await waitFor(
      async () => {
        const made = (await readHostOnly(vbox)).filter(({ name }) => !before.includes(name));
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

interface Announcement {
  readonly before: readonly string[];
  /** Undefined in older versions, which wrote the names alone. */
  readonly store: string | undefined;
}

/** Undefined without such a text: no run was interrupted. */
export function parseAnnouncement(text: string | undefined): Announcement | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = parseJson(text);
    if (Array.isArray(value)) return { before: value.map(String), store: undefined };
    const { before, store } = value as { before?: unknown; store?: unknown };
    return Array.isArray(before) && typeof store === 'string' ? { before: before.map(String), store } : undefined;
  } catch {
    return undefined; // not written by tsmachine
  }
}

async function filterAsync<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<T[]> {
  const found: T[] = [];
  for (const one of all) if (await test(one)) found.push(one);
  return found;
}
