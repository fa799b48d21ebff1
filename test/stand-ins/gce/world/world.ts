import { notEnabled, notFound, Refusal } from '../api/errors.js';
import type { Match } from '../api/description.js';
import type { Behaviour, Exhausted, Principal, ProjectOptions, StateNote, WorldOptions } from '../types.js';
import { isPublic, publishedImages } from './images.js';
import type { LateError, Operation } from './operations.js';
import { Project } from './project.js';

/** A request on its way to what carries it out. */
export interface Request extends Match {
  readonly world: World;
  readonly project: Project;
  readonly query: URLSearchParams;
  /** Checked against Google's description. */
  readonly body: unknown;
  readonly principal: Principal;
  /** Its operation shall fail in the end. */
  readonly late: LateError | undefined;
}

export const firstProject = 'stand-in-project';
export const firstPrincipal: Principal = { email: 'someone@example.com' };

/** Everything there is, until the next reset. */
export class World {
  readonly projects = new Map<string, Project>();
  readonly principals: readonly Principal[];
  behaviour: Behaviour;
  exhausted: readonly Exhausted[] = [];
  /** What instances wrote to their consoles, by path. */
  readonly consoles = new Map<string, string>();
  readonly notes: StateNote[] = [];
  #waiting: (() => void)[] = [];
  #addresses = 10;

  constructor({ projects, principals = [firstPrincipal], ...behaviour }: WorldOptions) {
    this.behaviour = behaviour;
    this.principals = principals;
    const wanted: readonly ProjectOptions[] = projects ?? [{ id: firstProject }];
    for (const [i, options] of wanted.entries()) this.projects.set(options.id, new Project(options, i, () => this.behaviour));
  }

  /** @throws Refusal for a project that is not there, may not be seen or has no API */
  project(name: string): Project {
    const found = this.projects.get(name) ?? [...this.projects.values()].find(({ number }) => number === name);
    if (found?.enabled === true) return found;
    if (found) throw notEnabled(found.number);
    if (isPublic(name)) return this.#public(name);
    throw notFound(`projects/${name}`);
  }

  /** The thing of a link, also of another project. @param path `projects/p/...` */
  find(path: string) {
    const [, project = '', ...rest] = path.split('/');
    try {
      return this.project(project).find(rest.join('/'));
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** An address that no other instance gets: of a range for tests of networks (RFC 2544). */
  publicAddress(): string {
    this.#addresses += 1;
    return `198.18.${Math.floor(this.#addresses / 256)}.${this.#addresses % 256}`;
  }

  /** @param range as `10.128.0.0/20` */
  privateAddress(range: string): string {
    this.#addresses += 1;
    const [a, b, c] = range.split('.');
    return `${a}.${b}.${Number(c) + Math.floor(this.#addresses / 256)}.${this.#addresses % 256}`;
  }

  note(note: StateNote): void {
    this.notes.push(note);
    this.wake();
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Comes back at the next `wake`, or after so many milliseconds. */
  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
      this.#waiting.push(resolve);
    });
    clearTimeout(timer);
  }

  #public(name: string): Project {
    const made = new Project({ id: name, networks: [] }, publishedImages(name).length, () => this.behaviour);
    this.projects.set(name, made);
    return made;
  }
}

export type Handler = (request: Request) => unknown;
export type Begun = Operation;
