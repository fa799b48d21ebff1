import { readFileSync } from 'node:fs';

import ssh2, { type Connection, type ServerChannel } from 'ssh2';

import type { GuestPlayer } from '../../stand-ins/virtualbox/service.js';
import type { Vm } from '../../stand-ins/virtualbox/state.js';
import { markOf, programOf } from '../../helpers/framed.js';
import { startEngine, type Running } from '../docker/engine.js';

interface Seed {
  readonly hostname: string;
  readonly ssh_keys: { readonly ed25519_private: string };
}

/** How its engine was set up: it comes up with the guest from then on. */
interface EngineSettings {
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly host: string;
  readonly port: number;
}

interface Guest {
  readonly ssh: InstanceType<typeof ssh2.Server>;
  readonly connections: Set<Connection>;
  engine: Running | undefined;
}

/**
 * Plays VMs as far as a create looks at them: an SSH server on the forwarded port with the host key of the seed, which answers the scripts of
 * provisioning as a host with an engine would; and that engine, with the certificate it was given.
 */
export class Guests implements GuestPlayer {
  /** On the host-only network; of loopback, so that they can be listened on. Only Linux has all of 127.0.0.0/8. */
  readonly #addresses = new Map<string, string>();
  /** The private host key that is shown instead of the guest's own. */
  impostor: string | undefined;
  /** What clients brought after the handshake: `none`, `publickey`, `password`. */
  readonly logins: string[] = [];
  readonly commands: string[] = [];
  /** Connections to its SSH servers, those of impostors included. */
  met = 0;
  readonly #running = new Map<string, Guest>();
  readonly #engines = new Map<string, EngineSettings>();

  /** @param network several at the same time need one each */
  constructor(readonly network = 0) {}

  #addressOf({ uuid }: Vm): string {
    if (process.platform !== 'linux') return '127.0.0.1';
    const address = this.#addresses.get(uuid) ?? `127.93.${this.network}.${this.#addresses.size + 2}`;
    this.#addresses.set(uuid, address);
    return address;
  }

  async start(vm: Vm): Promise<void> {
    const seed = readSeed(Object.values(vm.attached).find((path) => path.endsWith('seed.iso')) ?? '');
    const port = Number(vm.forwards.find((rule) => rule.startsWith('ssh,'))?.split(',')[3]);
    const connections = new Set<Connection>();
    const guest: Guest = {
      connections,
      engine: undefined,
      ssh: new ssh2.Server({ hostKeys: [this.impostor ?? seed.ssh_keys.ed25519_private] }, (client) => {
        this.met += 1;
        connections.add(client);
        client
          .on('error', () => {
            client.end();
          })
          .on('close', () => connections.delete(client));
        client.on('authentication', (login) => {
          this.logins.push(login.method);
          login.accept();
        });
        client.on('session', (accept) => {
          accept().on('exec', (acceptExec, _reject, { command }) => {
            this.#serve(acceptExec(), command, vm, seed, guest);
          });
        });
      }),
    };
    this.#running.set(vm.uuid, guest);
    await new Promise<void>((resolve, reject) => {
      guest.ssh.on('error', reject).listen(port, '127.0.0.1', resolve);
    });
    await this.#startEngine(vm, guest);
  }

  async stop(uuid: string): Promise<void> {
    const guest = this.#running.get(uuid);
    if (!guest) return;
    this.#running.delete(uuid);
    for (const client of guest.connections) client.end();
    await Promise.all([
      new Promise((resolve) => {
        guest.ssh.close(resolve);
      }),
      guest.engine?.close(),
    ]);
  }

  #serve(channel: ServerChannel, command: string, vm: Vm, seed: Seed, guest: Guest): void {
    const program = programOf(command);
    this.commands.push(program);
    const end = (text: string) => {
      const mark = markOf(program) || markOf(script);
      channel.stderr.write(mark);
      channel.write(mark + text);
      channel.exit(0);
      channel.end();
    };
    let script = '';
    if (program.includes('ip addr show')) return void end(this.#links(vm));
    channel.on('data', (data: Buffer) => {
      script += data.toString();
    });
    channel.on('end', () => {
      if (/^CERT='/m.test(script))
        this.#apply(script, vm, guest).then(end, (error: unknown) => {
          channel.stderr.end(String(error));
        });
      else end(script.includes('Prints everything that provisioning needs to know') ? facts(seed.hostname) : '');
    });
  }

  #links(vm: Vm): string {
    const { settings } = vm;
    const link = (mac = '', ip = '') => `    link/ether ${mac.toLowerCase().replace(/..(?=.)/g, '$&:')} brd ff\n    inet ${ip}/24\n`;
    const hostOnly = settings['macaddress2'] === undefined ? '' : `3: b: <UP>\n${link(settings['macaddress2'], this.#addressOf(vm))}`;
    return `2: a: <UP>\n${link(settings['macaddress1'], '10.0.2.15')}${hostOnly}`;
  }

  /** What apply.sh does: the engine gets its certificate and its port. */
  async #apply(script: string, vm: Vm, guest: Guest): Promise<string> {
    const text = (name: string) => new RegExp(`^${name}='([^']*)'`, 'm').exec(script)?.[1] ?? '';
    const port = Number(/tcp:\/\/[^"]*:(\d+)/.exec(text('SETTINGS'))?.[1]);
    this.#engines.set(vm.uuid, {
      tls: { ca: text('CA'), cert: text('CERT'), key: text('KEY') },
      port,
      host: port === 2376 ? this.#addressOf(vm) : '127.0.0.1',
    });
    await guest.engine?.close();
    await this.#startEngine(vm, guest);
    return 'restarted|yes\nengine|28.5.2\n';
  }

  async #startEngine({ uuid }: Vm, guest: Guest): Promise<void> {
    const settings = this.#engines.get(uuid);
    if (settings) guest.engine = await startEngine(settings.tls, {}, settings.host, settings.port);
  }
}

function facts(hostname: string): string {
  return [
    'version|1',
    'os|ID=debian',
    'os|VERSION_ID="13"',
    'os|PRETTY_NAME="Debian GNU/Linux 13 (trixie)"',
    'arch|x86_64',
    `hostname|${hostname}`,
    `clock|${Math.floor(Date.now() / 1000)}`,
    `hosts|127.0.1.1 ${hostname}`,
    'init|systemd',
    'cloud-init|finished',
    'engine|/usr/sbin/dockerd',
    'engine-version|Docker version 28.5.2, build 1',
    'unit|# /usr/lib/systemd/system/docker.service',
    'unit|[Service]',
    'unit|ExecStart=/usr/sbin/dockerd -H fd://',
    'state|Id=docker.service',
    'state|ActiveState=active',
    'state|UnitFileState=enabled',
    'end|yes',
    '',
  ].join('\n');
}

/** The user-data in a seed: files of an ISO image lie in one piece. */
function readSeed(path: string): Seed {
  const json = /#cloud-config\n(\{[\s\S]*?\n\})\n/.exec(readFileSync(path, 'utf8'))?.[1];
  return JSON.parse(json ?? '') as Seed;
}
