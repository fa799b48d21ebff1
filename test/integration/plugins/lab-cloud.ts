import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { State } from '../../../src/base/machine.js';

/** The cloud that the plugin of test/stand-ins/go-machine asks: a state for each machine, and a list of what was asked. */
export class LabCloud {
  readonly states = new Map<string, State>();
  readonly asked: string[] = [];
  /** The public keys that machines were made with. */
  readonly keys = new Map<string, string>();
  readonly #server: Server;
  #act: (verb: string, name: string, key: string) => Promise<string>;

  private constructor() {
    this.#act = (verb, name) => Promise.resolve(this.answer(verb, name));
    this.#server = createServer((request, response) => {
      const [, verb = '', name = ''] = (request.url ?? '').split('/');
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        this.asked.push(`${verb} ${name}`);
        const key = new URLSearchParams(Buffer.concat(pieces).toString()).get('key') ?? '';
        this.#act(verb, name, key).then(
          (text) => response.end(text),
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
      });
    });
  }

  /** @param act what happens on each call, and its answer; by default states change and nothing else */
  static async open(act?: (cloud: LabCloud, verb: string, name: string, key: string) => Promise<string>): Promise<LabCloud> {
    const cloud = new LabCloud();
    if (act) cloud.#act = (...call) => act(cloud, ...call);
    await new Promise<void>((resolve) => cloud.#server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Changes the state as the call says. */
  answer(verb: string, name: string): string {
    if (verb === 'create') {
      this.states.set(name, 'Running');
      return '192.0.2.1';
    }
    const state = this.states.get(name);
    if (state === undefined) throw new Error(`no machine ${name}`);
    if (verb === 'state') return state;
    if (verb === 'remove') this.states.delete(name);
    else this.states.set(name, verb === 'stop' || verb === 'kill' ? 'Stopped' : 'Running');
    return '';
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
