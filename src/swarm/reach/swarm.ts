import type { Engine } from '../../docker/client.js';
import type { MemberRecord, SwarmRecord } from '../../store/swarms.js';
import { listNodes, type Node } from '../engine/nodes.js';
import { inNumbers } from '../model/quorum.js';
import { readingOnce } from '../../machine/engine/engine.js';
import { onEach } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { isOff, lookAtMember, type Member } from './member.js';

/** How many machines are inspected at once. */
const inspectedTogether = 100;

/** A member whose engine answers. */
export type Reached = Member & Required<Pick<Member, 'machine' | 'engine' | 'membership'>>;

/**
 * A swarm of the store: its record, its machines and, if a manager answers, its nodes, as they were when last inspected.
 * Open one with `withSwarm`, which closes the engines.
 */
export class Swarm {
  readonly session: Session;
  #record: SwarmRecord;
  #members = new Map<string, Member>();
  #nodes: readonly Node[] = [];
  #manager: Reached | undefined;
  #failure: TsmachineError | undefined;
  /** Writes are queued: members that join or leave at the same time must not overwrite a newer record with an older one. */
  #saved: Promise<void> = Promise.resolve();

  constructor(session: Session, record: SwarmRecord) {
    this.session = session;
    this.#record = record;
  }

  get name(): string {
    return this.#record.name;
  }

  get record(): SwarmRecord {
    return this.#record;
  }

  /** Every machine of the record, and every other one inspected, by name. */
  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** A manager that answers for the swarm, the leader if it does; undefined before the swarm is made, and without a quorum. */
  get manager(): Reached | undefined {
    return this.#manager;
  }

  /** Managers of this swarm whose engine answered. Those that know only an older state of the swarm are left out. */
  get managers(): readonly Reached[] {
    return [...this.#members.values()].filter(
      (member): member is Reached =>
        member.machine !== undefined &&
        member.engine !== undefined &&
        member.membership?.control === true &&
        !(member.name in (this.#record.rejoining ?? {})) &&
        this.#record.cluster !== undefined &&
        member.membership.cluster === this.#record.cluster,
    );
  }

  /** Inspects every machine of the record and `others`, and asks a manager for the nodes. */
  async look(others: readonly string[] = []): Promise<void> {
    this.close();
    const names = [...new Set([...Object.keys(this.#record.members), ...others])];
    const read = readingOnce();
    const outcomes = await onEach(names, inspectedTogether, (name) => lookAtMember(this.session, name, read));
    this.#members = new Map();
    for (const outcome of outcomes) {
      if ('error' in outcome) throw outcome.error;
      this.#members.set(outcome.name, outcome.value);
    }
    await this.#adoptFirst();
    await this.lookAtNodes();
  }

  /** Inspects one machine again, which was created, started or has joined. */
  async lookAt(name: string): Promise<Reached> {
    const before = this.#members.get(name)?.engine;
    this.#members.set(name, await lookAtMember(this.session, name, readingOnce()));
    before?.close();
    const reached = this.reached(name);
    if (this.#manager?.name === name) this.#manager = reached;
    return reached;
  }

  /** Asks the managers for the nodes again. What was known stays until they have answered: others may be reading it. */
  async lookAtNodes(): Promise<void> {
    let failure: TsmachineError | undefined;
    for (const candidate of this.managers) {
      try {
        const nodes = await listNodes(candidate.engine);
        this.#nodes = nodes;
        this.#failure = undefined;
        const leader = nodes.find((node) => node.leader)?.id;
        this.#manager = this.managers.find(({ membership }) => membership.nodeId === leader) ?? candidate;
        return;
      } catch (error) {
        this.session.signal.throwIfAborted();
        failure = TsmachineError.from(error);
      }
    }
    this.#nodes = [];
    this.#manager = undefined;
    this.#failure = failure;
  }

  /**
   * The engine of a manager that answers for the swarm.
   * @throws TsmachineError SWARM_STATE, SWARM_LOCKED or SWARM_QUORUM: why there is none
   */
  get control(): Engine {
    if (this.#manager) return this.#manager.engine;
    throw this.whyNoManager();
  }

  /** A member whose engine answers. @throws TsmachineError why it does not */
  reached(name: string): Reached {
    const member = this.#members.get(name);
    if (member?.machine && member.engine && member.membership) return member as Reached;
    if (member?.error) throw member.error;
    if (member?.unfinished === true) {
      throw new TsmachineError('MACHINE_INCOMPLETE', `The creation of ${name} was interrupted`, {
        hint: say`Run it again, or remove it: ${run('rm', '-y', name)}`,
      });
    }
    if (member?.state !== undefined) {
      throw new TsmachineError('MACHINE_STATE', `Machine "${name}" is ${member.state}`, { hint: run('start', name) });
    }
    throw new TsmachineError('MACHINE_NOT_FOUND', say`Docker machine "${name}" does not exist. Use "${run('ls')}" to list machines`);
  }

  /** The node that a machine is, as its engine says, else as the store knows. */
  nodeOf(name: string): Node | undefined {
    const id = this.#members.get(name)?.membership?.nodeId ?? this.#record.members[name]?.node;
    return this.#nodes.find((node) => node.id === id);
  }

  /** The machine behind a node. */
  machineOf(node: Node): string | undefined {
    return [...this.#members.keys()].find((name) => this.nodeOf(name)?.id === node.id);
  }

  async keep(
    record: Partial<
      Pick<SwarmRecord, 'cluster' | 'first' | 'members' | 'acrossNetworks' | 'replacing' | 'rejoining' | 'drained' | 'renewing'>
    >,
  ): Promise<void> {
    this.#record = { ...this.#record, ...record };
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#save());
    await this.#saved;
  }

  /** Removes a record that has no members. */
  async #save(): Promise<void> {
    const { swarms } = this.session.store;
    if (Object.keys(this.#record.members).length === 0) await swarms.remove(this.name);
    else await swarms.save(this.#record);
  }

  async keepMember(name: string, member: MemberRecord): Promise<void> {
    await this.keep({ members: { ...this.#record.members, [name]: member } });
  }

  /** Notes that the member knows the swarm as it is now. */
  async keepRejoined(name: string): Promise<void> {
    const { [name]: _, ...rejoining } = this.#record.rejoining ?? {};
    await this.keep({ rejoining });
  }

  /** Takes a member off the record. The last member takes the record with it. */
  async forgetMember(name: string): Promise<void> {
    const { [name]: _, ...members } = this.#record.members;
    await this.keep({ members });
    if (this.#record.rejoining?.[name]) await this.keepRejoined(name);
    this.#members.get(name)?.engine?.close();
    this.#members.delete(name);
    if (this.#manager?.name === name) [this.#manager] = this.managers;
  }

  close(): void {
    for (const { engine } of this.#members.values()) engine?.close();
  }

  whyNoManager(): TsmachineError {
    const members = [...this.#members.values()];
    const locked = members.filter(({ membership }) => membership?.state === 'locked').map(({ name }) => name);
    if (locked.length > 0) {
      return new TsmachineError('SWARM_LOCKED', `Swarm "${this.name}" is locked on ${locked.join(', ')}`, {
        hint: run('swarm', 'unlock', this.name),
      });
    }
    if (this.#failure) {
      return new TsmachineError('SWARM_QUORUM', say`No manager of swarm "${this.name}" can decide anything: ${this.#failure.text}`, {
        cause: this.#failure,
        hint: say`Start the managers that are down; when they are lost for good: ${run('swarm', 'recover', this.name)}`,
      });
    }
    const managers = Object.entries(this.#record.members)
      .filter(([, { role }]) => role === 'manager')
      .map(([name]) => name);
    const leaderless = members.filter(({ membership }) => membership?.control === true && membership.cluster === undefined);
    if (leaderless.length > 0) {
      const total = Math.max(managers.length, ...leaderless.map(({ membership }) => membership?.managers.length ?? 0));
      const numbers = inNumbers({ total, reachable: leaderless.length });
      return new TsmachineError('SWARM_QUORUM', `Swarm "${this.name}" has lost its quorum: ${numbers}`, {
        hint: say`Start the managers that are down; when they are lost for good: ${run('swarm', 'recover', this.name)}`,
      });
    }
    const silent = managers.flatMap((name) => {
      const error = this.#members.get(name)?.error;
      return error ? [error] : [];
    });
    const [first] = silent;
    const off = managers.filter((name) => {
      const member = this.#members.get(name);
      return member !== undefined && isOff(member);
    });
    if (off.length > 0) {
      const are = off.length === 1 ? 'is' : 'are';
      return new TsmachineError('SWARM_STATE', `No manager of swarm "${this.name}" answers: ${off.join(', ')} ${are} off`, {
        hint: run('start', ...off),
      });
    }
    return new TsmachineError('SWARM_STATE', say`No manager of swarm "${this.name}" answers${first ? say`: ${first.text}` : ''}`, {
      cause: first,
      hint:
        managers.length === 0
          ? run('swarm', 'init', 'MACHINE')
          : say`List its managers: ${run('ls', ...managers.flatMap((name) => ['--filter', `name=${name}`]))}`,
    });
  }

  /** A run that was killed between initialising the swarm and writing its id down left the machine it had chosen. */
  async #adoptFirst(): Promise<void> {
    const { cluster, first } = this.#record;
    if (cluster !== undefined || first === undefined) return;
    const made = this.#members.get(first)?.membership;
    if (made?.cluster !== undefined) await this.keep({ cluster: made.cluster });
  }
}

/** Inspects a swarm, and closes its engines when `use` is over. */
export async function withSwarm<T>(
  session: Session,
  record: SwarmRecord,
  use: (swarm: Swarm) => Promise<T>,
  others: readonly string[] = [],
): Promise<T> {
  const swarm = new Swarm(session, record);
  try {
    await swarm.look(others);
    return await use(swarm);
  } finally {
    swarm.close();
  }
}
