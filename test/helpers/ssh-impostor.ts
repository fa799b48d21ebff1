/**
 * An SSH server that lets everybody in, with a host key of its own: `ssh-impostor.ts ADDRESS`, until it is ended. On stdout it says what
 * came: `listening FINGERPRINT`, then `authentication METHOD` and `command` for those who believed it.
 */
import ssh2, { type Connection } from 'ssh2';

import { fingerprint } from '../../src/ssh/trust/known-hosts.js';
import { newEd25519 } from '../../src/system/ed25519.js';

const [address = ''] = process.argv.slice(2);
const key = newEd25519('impostor');
const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

function receive(client: Connection): void {
  client.on('error', () => {
    client.end();
  }); // it hung up
  client.on('authentication', (context) => {
    say(`authentication ${context.method}`);
    context.accept();
  });
  client.on('session', (accept) => {
    accept().on('exec', (acceptCommand) => {
      say('command');
      const channel = acceptCommand();
      channel.exit(0);
      channel.end();
    });
  });
}

new ssh2.Server({ hostKeys: [key.private] }, receive).listen(22, address, () => {
  say(`listening ${fingerprint(key.public.split(' ')[1] ?? '')}`);
});
