import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

import { simple } from './answer.js';
import { Refusal, emptyWorld, heard, type Vm, type World } from './state.js';
import { openVm, unregister } from './vms.js';

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** What a call meets instead of being obeyed: an answer, or silence for ever, before or after it was obeyed. */
export type Fault = Partial<Answer> | 'hang' | 'obey, then hang';

/** What plays a running VM. */
export interface GuestPlayer {
  start(vm: Vm): Promise<void>;
  stop(uuid: string): Promise<void>;
}

/** One word a line would not do: arguments may hold anything. The answer's texts come in one line each, escaped for printf. */
const client = (port: number) => `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 70
printf '%s\\0' "$#" "$@" >&3
IFS= read -r status <&3 || exit 70
IFS= read -r out <&3
IFS= read -r err <&3
printf '%b' "$out"
printf '%b' "$err" >&2
exit "$status"
`;

/**
 * A VirtualBox that lives in the test's own process, as it lives in VBoxSVC: the VBoxManage first on the PATH in `env` is a client of some
 * milliseconds. Its guests are imagined: they boot at once, and nothing listens on their forwarded ports unless `guests` does.
 */
export class Service {
  readonly world: World = emptyWorld();
  /** The words of each call, joined by blanks. */
  readonly calls: string[] = [];
  readonly env: NodeJS.ProcessEnv;
  fault: (call: string, index: number) => Fault | Promise<Fault | undefined> | undefined = () => undefined;
  guests: GuestPlayer | undefined;
  readonly #clients = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#meet(socket);
  });

  private constructor(readonly bin: string) {
    this.env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  }

  static async open(dir: string): Promise<Service> {
    const service = new Service(join(dir, 'bin'));
    await new Promise<void>((resolve) => {
      service.#server.listen(0, '127.0.0.1', resolve);
    });
    mkdirSync(service.bin, { recursive: true });
    const program = join(service.bin, 'VBoxManage');
    writeFileSync(program, client((service.#server.address() as AddressInfo).port));
    chmodSync(program, 0o755);
    return service;
  }

  /** Calls that have no end yet. */
  get open(): number {
    return this.#clients.size;
  }

  /** What VirtualBox still knows of machines: nothing, when all is well. */
  left(): string[] {
    const { vms, media, interfaces, dhcp, global } = this.world;
    return [vms, media, interfaces, dhcp, global].flatMap((table) => Object.keys(table));
  }

  async close(): Promise<void> {
    for (const { uuid, state } of Object.values(this.world.vms)) if (state === 'running') await this.guests?.stop(uuid);
    for (const socket of this.#clients) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #meet(socket: Socket): void {
    this.#clients.add(socket);
    let text = '';
    socket
      .setEncoding('utf8')
      .on('error', () => {
        socket.destroy();
      })
      .on('close', () => {
        this.#clients.delete(socket);
      });
    socket.on('data', (data: string) => {
      text += data;
      const [count = '', ...args] = text.split('\0').slice(0, -1);
      if (count === '' || args.length < Number(count)) return;
      this.#serve(args).then(
        (answer) => {
          if (answer) socket.end(`${answer.status}\n${escaped(answer.stdout)}\n${escaped(answer.stderr)}\n`);
        },
        (error: unknown) => {
          socket.end(`64\n\n${escaped(String(error))}\n`);
        },
      );
    });
  }

  /** Undefined: it says nothing. */
  async #serve(args: readonly string[]): Promise<Answer | undefined> {
    const call = args.join(' ');
    this.calls.push(call);
    const fault = await this.fault(call, this.calls.length - 1);
    if (fault === 'hang') return undefined;
    if (fault === 'obey, then hang') {
      await this.#obey(args);
      return undefined;
    }
    return fault === undefined ? this.#obey(args) : { stdout: '', stderr: '', status: 1, ...fault };
  }

  async #obey([command = '', ...words]: readonly string[]): Promise<Answer> {
    try {
      const stdout = await this.#answer(command, words);
      return { stdout, stderr: heard(), status: 0 };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return {
        stdout: '',
        status: error.status,
        stderr: `${heard()}VBoxManage: error: ${error.message}\n${error.details && `VBoxManage: error: ${error.details}\n`}`,
      };
    }
  }

  async #answer(command: string, words: readonly string[]): Promise<string> {
    const [name = '', verb = ''] = words;
    switch (command) {
      case 'startvm': {
        const vm = openVm(this.world, name);
        if (vm.state === 'running')
          throw new Refusal(`The machine '${vm.name}' is already locked by a session (or being locked or unlocked)`);
        await this.guests?.start(vm);
        Object.assign(vm, { state: 'running', pid: process.pid });
        return `Waiting for VM "${name}" to power on...\nVM "${name}" has been successfully started.\n`;
      }
      case 'controlvm': {
        const vm = openVm(this.world, name);
        if (vm.state === 'poweroff') throw new Refusal(`Machine '${name}' is not currently running.`);
        if (verb !== 'resume') await this.guests?.stop(vm.uuid);
        vm.state = verb === 'resume' ? 'running' : 'poweroff';
        return '';
      }
      case 'unregistervm':
        unregister(this.world, words);
        return '';
      default:
        return simple(this.world, command, words);
    }
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
