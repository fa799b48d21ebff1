import { createConnection } from 'node:net';

const patience = 10_000;

/** Gives a running QEMU one order (QEMU Machine Protocol) and waits until it is accepted. */
export function order(socket: string, command: 'system_powerdown' | 'quit'): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = createConnection(socket);
    const refuse = (why: string) => {
      client.destroy();
      reject(new Error(`QEMU at ${socket}, ${command}: ${why}`));
    };
    const pending = ['qmp_capabilities', command];
    let text = '';
    client.setTimeout(patience, () => {
      refuse('no answer');
    });
    client.once('error', (error) => {
      refuse(error.message);
    });
    client.once('close', () => {
      if (pending.length === 0) resolve();
      else refuse('it hung up');
    });
    client.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const answer = JSON.parse(text.slice(0, end)) as { QMP?: object; return?: object; error?: { desc: string } };
        text = text.slice(end + 1);
        if (answer.error) refuse(answer.error.desc);
        if (answer.return) pending.shift();
        if (!answer.QMP && !answer.return) continue; // an event
        if (pending[0] === undefined) client.end();
        else client.write(`${JSON.stringify({ execute: pending[0] })}\n`);
      }
    });
  });
}
