import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import ssh2, { type Connection, type ServerChannel } from 'ssh2';

import type { GuestPlayer } from '../../helpers/vboxmanage/service.js';
import type { Vm } from '../../helpers/vboxmanage/state.js';
import { startEngine, type Running } from '../docker/engine.js';

interface Seed {
  readonly hostname: string;
  readonly ssh_keys: { readonly ed25519_private: string };
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
  /** On the host-only network; of loopback, so that it can be listened on. */
  readonly address = '127.93.0.2';
  /** The private host key that is shown instead of the guest's own. */
  impostor: string | undefined;
  /** What clients brought after the handshake: `none`, `publickey`, `password`. */
  readonly logins: string[] = [];
  readonly commands: string[] = [];
  readonly #running = new Map<string, Guest>();

  /** Connections to SSH servers, those of impostors included. */
  met = 0;

  async start(vm: Vm): Promise<void> {
    const seed = readSeed(Object.values(vm.attached).find((path) => path.endsWith('seed.iso')) ?? '');
    const port = Number(vm.forwards.find((rule) => rule.startsWith('ssh,'))?.split(',')[3]);
    const connections = new Set<Connection>();
    const guest: Guest = { connections, engine: undefined, ssh: new ssh2.Server({ hostKeys: [this.impostor ?? seed.ssh_keys.ed25519_private] }, (client) => {
      this.met += 1;
      connections.add(client);
      client.on('error', () => { client.end(); }).on('close', () => connections.delete(client));
      client.on('authentication', (login) => {
        this.logins.push(login.method);
        login.accept();
      });
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => { this.#serve(acceptExec(), command, vm, seed, guest); });
      });
    }) };
    this.#running.set(vm.uuid, guest);
    await new Promise<void>((resolve, reject) => { guest.ssh.on('error', reject).listen(port, '127.0.0.1', resolve); });
  }

  async stop(uuid: string): Promise<void> {
    const guest = this.#running.get(uuid);
    if (!guest) return;
    this.#running.delete(uuid);
    for (const client of guest.connections) client.end();
    await Promise.all([new Promise((resolve) => { guest.ssh.close(resolve); }), guest.engine?.close()]);
  }

  #serve(channel: ServerChannel, command: string, vm: Vm, seed: Seed, guest: Guest): void {
    this.commands.push(command);
    const end = (text: string) => {
      channel.write(text);
      channel.exit(0);
      channel.end();
    };
    if (command.includes('ip addr show')) return void end(this.#addresses(vm));
    let script = '';
    channel.on('data', (data: Buffer) => { script += data.toString(); });
    channel.on('end', () => {
      if (/^CERT='/m.test(script)) this.#engine(script, guest).then(end, (error: unknown) => { channel.stderr.end(String(error)); });
      else end(script.includes('Prints all that provisioning needs to know') ? facts(seed.hostname) : '');
    });
  }

  #addresses({ settings }: Vm): string {
    const link = (mac = '', ip = '') => `    link/ether ${mac.toLowerCase().replace(/..(?=.)/g, '$&:')} brd ff\n    inet ${ip}/24\n`;
    const hostOnly = settings['macaddress2'] === undefined ? '' : `3: b: <UP>\n${link(settings['macaddress2'], this.address)}`;
    return `2: a: <UP>\n${link(settings['macaddress1'], '10.0.2.15')}${hostOnly}`;
  }

  /** Starts it as apply.sh does, with the certificate and on the port that it is given. */
  async #engine(script: string, guest: Guest): Promise<string> {
    const text = (name: string) => new RegExp(`^${name}='([^']*)'`, 'm').exec(script)?.[1] ?? '';
    const port = Number(/tcp:\/\/[^"]*:(\d+)/.exec(text('SETTINGS'))?.[1]);
    await guest.engine?.close();
    guest.engine = await startEngine({ ca: text('CA'), cert: text('CERT'), key: text('KEY') }, {}, port === 2376 ? this.address : '127.0.0.1', port);
    return 'restarted|yes\nengine|28.5.2\n';
  }
}

function facts(hostname: string): string {
  return [
    'version|1', 'os|ID=debian', 'os|VERSION_ID="13"', 'os|PRETTY_NAME="Debian GNU/Linux 13 (trixie)"', 'arch|x86_64', `hostname|${hostname}`,
    `clock|${Math.floor(Date.now() / 1000)}`, `hosts|127.0.1.1 ${hostname}`, 'init|systemd', 'cloud-init|finished', 'engine|/usr/sbin/dockerd',
    'engine-version|Docker version 28.5.2, build 1', 'unit|# /usr/lib/systemd/system/docker.service', 'unit|[Service]',
    'unit|ExecStart=/usr/sbin/dockerd -H fd://', 'state|Id=docker.service', 'state|ActiveState=active', 'state|UnitFileState=enabled', 'end|yes', '',
  ].join('\n');
}

/** The user-data in a seed: files of an ISO image lie in one piece. */
function readSeed(path: string): Seed {
  const json = /#cloud-config\n(\{[\s\S]*?\n\})\n/.exec(readFileSync(path, 'utf8'))?.[1];
  return JSON.parse(json ?? '') as Seed;
}

/** A port of loopback that something of the test's own listens on. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}
