import type { AddressInfo } from 'node:net';

import ssh2, { type Connection, type ServerChannel } from 'ssh2';

import { newEd25519 } from '../../../src/system/ed25519.js';

export interface HostileHost {
  readonly port: number;
  close(): void;
}

/** Sets the title, rings, clears the screen (as ESC and as C1), returns the carriage and reverses the text. */
const evil = '\u001b]0;owned\u0007\u001b[2J\u009b2J\r\u202e';

type Way = (channel: ServerChannel, client: Connection) => void;

function end(channel: ServerChannel, status: number, stdout = '', stderr = ''): void {
  channel.write(stdout);
  channel.stderr.write(stderr);
  channel.exit(status);
  channel.end();
}

/** As an engineless Debian would describe itself, for whatever it is asked. */
const facts = ['os-release', 'ID=debian', 'VERSION_ID="12"', 'end', 'yes', 'detect: done'].join('\n');

export const waysOfHosts: Readonly<Record<string, Way | undefined>> = {
  /** The request to start a command is never answered. */
  'never starts a command': undefined,
  'says success to everything': (channel) => {
    end(channel, 0);
  },
  'says OK to everything': (channel) => {
    end(channel, 0, 'OK\n');
  },
  'says yes to everything': (channel) => {
    end(channel, 0, 'yes\n'.repeat(1000));
  },
  'describes itself whatever it is asked': (channel) => {
    end(channel, 0, facts);
  },
  'prints garbage': (channel) => {
    end(channel, 0, Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256)).toString('latin1'));
  },
  'prints a page': (channel) => {
    end(channel, 0, '<html><body>It works!</body></html>\n');
  },
  'prints JSON': (channel) => {
    end(channel, 0, '{"a": [1, null]}\n');
  },
  'prints megabytes': (channel) => {
    end(channel, 0, 'x'.repeat(4 * 2 ** 20));
  },
  'fails with nothing': (channel) => {
    end(channel, 1);
  },
  'fails with control characters': (channel) => {
    end(channel, 1, evil, `${evil}no\n`);
  },
  'succeeds with control characters': (channel) => {
    end(channel, 0, `${evil}\n`.repeat(20), evil);
  },
  'fails with megabytes': (channel) => {
    end(channel, 1, '', 'no '.repeat(2 ** 20));
  },
  'is killed': (channel) => {
    channel.exit('KILL');
    channel.end();
  },
  'ends without a status': (channel) => {
    channel.end();
  },
  'hangs up': (_channel, client) => {
    client.end();
  },
  'hangs up in the middle': (channel, client) => {
    channel.write('os-release\nID=deb');
    setImmediate(() => client.end());
  },
  'exits with 255': (channel) => {
    end(channel, 255);
  },
};

export async function startHostileHost(way: string): Promise<HostileHost> {
  const clients = new Set<Connection>();
  const receive = (client: Connection) => {
    clients.add(client);
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    client.on('authentication', (context) => {
      context.accept();
    });
    client.on('session', (accept) => {
      const session = accept();
      const answer = (acceptCommand: (() => ServerChannel) | undefined) => {
        const misbehave = waysOfHosts[way];
        if (!misbehave || !acceptCommand) return;
        const channel = acceptCommand();
        channel.on('error', () => undefined);
        channel.resume();
        misbehave(channel, client);
      };
      session.on('exec', answer);
      session.on('shell', answer);
      session.on('sftp', (_acceptSftp, reject) => {
        if (waysOfHosts[way]) reject();
      });
    });
  };
  const server = new ssh2.Server({ hostKeys: [newEd25519('hostile').private] }, receive);
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const client of clients) client.end();
    },
  };
}
