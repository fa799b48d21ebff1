import type { Call, Principal } from '../types.js';
import type { Json } from '../world/json.js';
import type { Operation } from '../world/operations.js';
import type { Subscription, World } from '../world/world.js';
import type { Address } from './address.js';

/** A request that has come through the gate. */
export interface Arrived {
  readonly world: World;
  readonly subscription: Subscription;
  readonly principal: Principal;
  readonly method: string;
  readonly address: Address;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Json;
  /** `https://127.0.0.1:PORT` */
  readonly origin: string;
  readonly call: Call;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly operation?: Operation;
  /** The operation is told by Azure-AsyncOperation alone, by Location alone, or by both. */
  readonly told?: 'async' | 'location' | 'both';
  /** The published type that the body (or each of its `value`) has. */
  readonly shows?: string;
}

export interface Handler {
  /** As in a role. */
  readonly action: string;
  work(arrived: Arrived): Answer;
  /** What the body of the request must be: a resource, or the input of an action, by the published types; `own`: it is looked at here. */
  readonly takes?: 'resource' | 'patch' | 'input' | 'own';
  /** What is shown now, for what may be written back unchanged. */
  current?(arrived: Arrived): Json | undefined;
  /** Needs no registration of the namespace, and no subscription that can be written. */
  readonly always?: boolean;
}

/** What can be done with one type. Keys: `PUT`, `PATCH`, `GET`, `HEAD`, `DELETE`, `LIST`, and `POST start` for a word. */
export interface Kind {
  readonly type: string;
  readonly versions: readonly string[];
  readonly handlers: Readonly<Record<string, Handler>>;
}

export const versions = {
  compute: ['2026-03-01'],
  disks: ['2025-01-02'],
  skus: ['2021-07-01'],
  network: ['2025-05-01'],
  resources: ['2025-04-01', '2022-12-01', '2021-04-01', '2021-01-01', '2020-01-01', '2016-06-01'],
  marketplace: ['2021-01-01', '2015-06-01'],
  identity: ['2024-11-30', '2023-01-31', '2018-11-30'],
};
