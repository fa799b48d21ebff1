import { randomUUID } from 'node:crypto';

export type CloudKind = 'instance' | 'volume' | 'group';

export interface CloudThing {
  readonly kind: CloudKind;
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By which a repeated call is recognized; empty where the caller gave none. */
  readonly token: string;
  readonly since: string;
  state: 'running' | 'stopped';
  readonly ip: string;
}

/** What a cloud answers when something is in use. */
export class InUse extends Error {}

/** What a cloud answers when a thing is not there. */
export class NoSuchThing extends Error {}

/** What becomes of a call: done and answered, not done, or done without an answer. */
export type Fate = 'answered' | 'refused' | 'lost';

export interface CloudRequest {
  readonly kind: CloudKind;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly token: string;
}

/**
 * A provider in memory: instances, volumes and groups with labels. The same token never makes a second thing. An instance takes a
 * long-running operation: it exists from the first call on, and is ready when the operation was waited for. A group that an instance uses
 * cannot be deleted.
 */
export class FakeCloud {
  readonly things = new Map<string, CloudThing>();
  readonly calls: string[] = [];
  /** By operation: the id of what it makes. */
  readonly operations = new Map<string, string>();
  fate: (call: string, index: number) => Fate = () => 'answered';
  /** Lets a test pass each call on to something of its own. */
  around: <T>(call: string, carryOut: () => Promise<T>) => Promise<T> = (_call, carryOut) => carryOut();
  #addresses = 0;

  count(kind: CloudKind): number {
    return [...this.things.values()].filter((thing) => thing.kind === kind).length;
  }

  /** @returns the id */
  make(request: CloudRequest): Promise<string> {
    return this.#call(`make ${request.kind}`, () => this.#make(request).id);
  }

  /** @returns the name of a long-running operation */
  begin(request: CloudRequest): Promise<string> {
    return this.#call(`begin ${request.kind}`, () => {
      const { id } = this.#make(request);
      const known = [...this.operations].find(([, made]) => made === id)?.[0];
      const operation = known ?? `operation-${randomUUID()}`;
      this.operations.set(operation, id);
      return operation;
    });
  }

  /** @returns the id of what the operation made */
  wait(operation: string): Promise<string> {
    return this.#call('wait', () => {
      const id = this.operations.get(operation);
      if (id === undefined) throw new NoSuchThing(operation);
      return id;
    });
  }

  list(labels: Readonly<Record<string, string>>): Promise<CloudThing[]> {
    return this.#call('list', () =>
      [...this.things.values()].filter((thing) => Object.entries(labels).every(([name, value]) => thing.labels[name] === value)),
    );
  }

  get(id: string): Promise<CloudThing | undefined> {
    return this.#call('get', () => this.things.get(id));
  }

  power(id: string, state: CloudThing['state']): Promise<void> {
    return this.#call(state === 'running' ? 'start' : 'stop', () => {
      const thing = this.things.get(id);
      if (!thing) throw new NoSuchThing(id);
      thing.state = state;
    });
  }

  /** What is gone is a failure, as with real providers. */
  delete(id: string): Promise<void> {
    return this.#call('delete', () => {
      const thing = this.things.get(id);
      if (!thing) throw new NoSuchThing(id);
      const isUsed = [...this.things.values()].some(({ kind, labels }) => kind === 'instance' && labels['group'] === id);
      if (thing.kind === 'group' && isUsed) throw new InUse(id);
      this.things.delete(id);
    });
  }

  #make({ kind, name, labels, token }: CloudRequest): CloudThing {
    const known = [...this.things.values()].find((thing) => token !== '' && thing.token === token && thing.kind === kind);
    if (known) return known;
    this.#addresses += 1;
    const ip = `192.0.2.${this.#addresses}`;
    const thing: CloudThing = {
      kind,
      id: `${kind}-${randomUUID()}`,
      name,
      labels,
      token,
      since: new Date(0).toISOString(),
      state: 'running',
      ip,
    };
    this.things.set(thing.id, thing);
    return thing;
  }

  #call<T>(call: string, work: () => T): Promise<T> {
    return this.around(call, async () => {
      await Promise.resolve();
      const fate = this.fate(call, this.calls.length);
      this.calls.push(call);
      if (fate === 'refused') throw new Error(`the cloud refused: ${call}`);
      const answer = work();
      if (fate === 'lost') throw new Error(`no answer to: ${call}`);
      return answer;
    });
  }
}
