import type { LedgerEntry, Owner } from '../../base/machine.js';
import { errorText } from '../../base/errors.js';
import type { ResourceCalls, ResourceRequest } from '../../driver/contract.js';
import { obtain } from '../../driver/kit/obtain.js';
import { Turns } from '../../driver/kit/turns.js';
import { newLedger, readLedger, withEntry, withoutEntry, writeLedger, type Ledger } from '../../store/ledger.js';
import { ownLedger } from '../../store/identity.js';
import { stillThere } from '../gc/living.js';
import { withoutMachine, type RememberedMachine, type RememberedMachines } from '../../store/registry.js';
import type { Session } from '../session.js';

type Scope = LedgerEntry['scope'];
type Change = (ledger: Ledger) => Ledger;

/**
 * What was made for one machine outside of its folder. Each request is on disk before it is made, and its id as soon as it is known. The
 * computer's registry keeps the ids too, in case the store is lost. The caller holds the machine's lock.
 */
export class Resources {
  readonly #session: Session;
  readonly #name: string;
  readonly #driver: string;
  /** Calls for one key, and changes of one ledger, go one after the other. */
  readonly #turns = new Turns();

  constructor(session: Session, name: string, driver: string) {
    this.#session = session;
    this.#name = name;
    this.#driver = driver;
  }

  /** The ids of the store and of the machine, made when they are first asked for. */
  async owner(): Promise<Owner> {
    const [store, machine] = [await this.#change('store', (ledger) => ledger), await this.#change('machine', (ledger) => ledger)];
    await this.#remember(store.id, machine);
    return { store: store.id, machine: machine.id };
  }

  /** The machine was exported: another computer may use it. @throws TsmachineError when this computer cannot remember that */
  async share(): Promise<void> {
    const { store } = await this.owner();
    const ledger = await this.#change('machine', (now) => now);
    await this.#session.registry.update({ id: store, path: this.#session.store.root }, (machines) => ({
      ...withoutMachine(machines, ledger.id),
      [this.#name]: { ...this.#remembered(ledger), shared: true },
    }));
  }

  /** The entries of this machine, the oldest first, and the store's that this machine uses. */
  async entries(): Promise<LedgerEntry[]> {
    const [store, machine] = [await this.#read('store'), await this.#read('machine')];
    const shared = store?.entries.filter(({ users = [] }) => machine && users.includes(machine.id)) ?? [];
    const { root } = this.#session.store;
    const used = shared.map(async (entry) => ({ ...entry, users: [...(await stillThere(root, entry.users ?? []))] }));
    return [...(await Promise.all(used)), ...(machine?.entries ?? [])];
  }

  /** @returns the id of what there is now, made or found @throws what the calls throw; the entry then stays, for the next run */
  resource<R>(key: string, wanted: ResourceRequest<R>, calls: ResourceCalls<R>): Promise<string> {
    const use = () => this.#turns.take(`${wanted.scope} ${key}`, () => this.#obtain(key, wanted, calls));
    if (wanted.scope === 'machine') return use();
    // when two processes of a store want the same resource, the second one must find what the first one made
    return this.#session.store.lockShared(use, { signal: this.#session.signal, timeout: sharedTimeout });
  }

  /**
   * Strikes it off the ledger. A shared resource stays there as long as another machine uses it; only this machine's use is struck off.
   * @param remove removes a shared resource that no other machine uses; false when it could not
   */
  async released(entry: Pick<LedgerEntry, 'key' | 'scope'>, remove?: () => Promise<boolean>): Promise<void> {
    if (remove === undefined) return this.#strike(entry);
    // of machines that are removed at the same time one has to be the last, and none may begin to use what is about to go
    await this.#session.store.lockShared(
      async () => {
        const { users = [] } = (await this.#read('store'))?.entries.find(({ key }) => key === entry.key) ?? {};
        const { machine } = await this.owner();
        const others = users.filter((user) => user !== machine);
        const staying = await stillThere(this.#session.store.root, others);
        if (staying.length > 0) return this.#strike(entry);
        if (await remove()) await this.#strike(entry, others);
      },
      { signal: this.#session.signal, timeout: sharedTimeout },
    );
  }

  /** @param gone other users, which left the store without a word */
  async #strike({ key, scope }: Pick<LedgerEntry, 'key' | 'scope'>, gone: readonly string[] = []): Promise<void> {
    const { store, machine } = await this.owner();
    const changed = await this.#change(scope, (ledger) => {
      const entry = ledger.entries.find((one) => one.key === key);
      const users = scope === 'machine' ? [] : (entry?.users ?? []).filter((id) => id !== machine && !gone.includes(id));
      return entry && users.length > 0 ? withEntry(ledger, { ...entry, users }) : withoutEntry(ledger, key);
    });
    if (scope === 'machine') await this.#remember(store, changed);
  }

  async #obtain<R>(key: string, wanted: ResourceRequest<R>, calls: ResourceCalls<R>): Promise<string> {
    const { scope } = wanted;
    const { machine } = await this.owner();
    const put = (entry: LedgerEntry) => this.#put(scope, entry);
    const entry = (await this.#read(scope))?.entries.find((one) => one.key === key);
    if (scope === 'machine') return obtain({ key, wanted, entry }, calls, put);
    return obtain({ key, wanted, entry: entry && (await this.#use(entry, machine)), users: [machine] }, calls, put);
  }

  /** Notes that this machine uses what the store shares. */
  async #use(entry: LedgerEntry, machine: string): Promise<LedgerEntry> {
    const { entries } = await this.#change('store', (now) => {
      const { users = [] } = now.entries.find((one) => one.key === entry.key) ?? entry;
      return users.includes(machine) ? now : withEntry(now, { ...entry, users: [...users, machine] });
    });
    return entries.find((one) => one.key === entry.key) ?? entry;
  }

  /** Who uses it stands in the ledger alone: another machine may have released it since the entry was read. */
  async #put(scope: Scope, entry: LedgerEntry): Promise<void> {
    const ledger = await this.#change(scope, (now) => {
      const users = now.entries.find((one) => one.key === entry.key)?.users;
      return withEntry(now, users ? { ...entry, users } : entry);
    });
    if (scope === 'machine' && entry.id !== undefined) await this.#remember((await this.#change('store', (now) => now)).id, ledger);
  }

  async #read(scope: Scope): Promise<Ledger | undefined> {
    const { store } = this.#session;
    return readLedger(scope === 'store' ? store.paths.ledger : store.machine(this.#name).ledger);
  }

  /** Changes a ledger on disk; nothing is written when nothing changes. */
  #change(scope: Scope, change: Change): Promise<Ledger> {
    return this.#turns.take(`write ${scope}`, () => (scope === 'machine' ? this.#changeMachine(change) : this.#changeStore(change)));
  }

  async #changeMachine(change: Change): Promise<Ledger> {
    const { ledger: file } = this.#session.store.machine(this.#name);
    const before = await readLedger(file);
    const after = change(before ?? newLedger());
    if (after !== before) await writeLedger(file, after);
    return after;
  }

  /** Other processes change it as well, so a change takes the lock; without a change there is no need to wait for it. */
  async #changeStore(change: Change): Promise<Ledger> {
    const { store, signal } = this.#session;
    const now = await readLedger(store.paths.ledger);
    if (now?.path === store.root && change(now) === now) return now;
    return store.lockLedger(
      async () => {
        const before = await ownLedger(store.root);
        const after = change(before);
        if (after !== before) await writeLedger(store.paths.ledger, after);
        return after;
      },
      { signal },
    );
  }

  /** A registry that cannot be written fails no command: the labels of resources say most of it too. */
  async #remember(store: string, ledger: Ledger): Promise<void> {
    const { registry, store: at, io } = this.#session;
    try {
      const machines = (await registry.find(store))?.machines ?? {};
      const shared = Object.values(machines).some((one) => one.id === ledger.id && one.shared === true);
      const now = { ...this.#remembered(ledger), ...(shared ? { shared } : {}) };
      if (JSON.stringify(machines[this.#name]) === JSON.stringify(now)) return;
      await registry.update({ id: store, path: at.root }, (all) => ({ ...keepingShared(all, this.#name, ledger.id), [this.#name]: now }));
    } catch (error) {
      this.#session.signal.throwIfAborted();
      io.debug(`This computer's list of stores could not be written: ${errorText(error)}`);
    }
  }

  #remembered({ id, entries }: Ledger): RememberedMachine {
    const { dir: path } = this.#session.store.machine(this.#name);
    const resources = entries.flatMap((entry) => (entry.id === undefined ? [] : [{ kind: entry.kind, id: entry.id }]));
    return { id, driver: this.#driver, path, resources };
  }
}

/** Milliseconds for another process to make what both want. */
const sharedTimeout = 10 * 60_000;

/** The name goes to another machine: an exported one that had it is still remembered, by its id. */
function keepingShared(machines: RememberedMachines, name: string, id: string): RememberedMachines {
  const before = machines[name];
  const others = withoutMachine(machines, id);
  return before?.shared === true && before.id !== id ? { ...others, [before.id]: before } : others;
}
