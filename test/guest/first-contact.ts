import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';

import { waitFor } from '../../src/base/wait.js';
import type { StandIn } from '../stand-ins/virtualbox/index.js';

export interface FirstContact {
  /** `ssh-ed25519 AAAA...` of every host key that the guest's SSH server shows. */
  readonly keys: readonly string[];
  /** From the call that started the VM. */
  readonly seconds: number;
}

const bootTimeout = 10 * 60_000;

/** Waits for a VM to be started, then asks its forwarded port for host keys until there are some: as early as any client can. */
export async function watchSsh(vbox: StandIn, name: string, signal: AbortSignal): Promise<FirstContact> {
  const starts = () => vbox.calls().filter(([verb]) => verb === 'startvm').length;
  const before = starts();
  await waitFor(() => starts() > before || undefined, {
    timeout: bootTimeout,
    interval: 100,
    maxInterval: 100,
    signal,
    what: 'the VM to be started',
  });
  const started = performance.now();
  const rules = () => Object.values(vbox.world().vms).find((vm) => vm.name === name && vm.state === 'running')?.forwards;
  const port = await waitFor(
    () =>
      rules()
        ?.find((rule) => rule.startsWith('ssh,'))
        ?.split(',')[3],
    { timeout: 60_000, signal, what: 'the VM to run' },
  );
  const shown = { timeout: bootTimeout, interval: 500, maxInterval: 500, signal };
  await waitFor(() => greets(Number(port)), { ...shown, what: "the guest's SSH server" });
  const seconds = (performance.now() - started) / 1000;
  return { keys: await waitFor(() => keysAt(port), { ...shown, what: 'the guest to show its host key' }), seconds };
}

/** A forwarded port takes every connection at once, also while nothing listens behind it. */
function greets(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 3000 });
    const end = (answer: true | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => {
      end(data.toString().startsWith('SSH-') || undefined);
    });
    for (const event of ['error', 'timeout', 'close'])
      socket.once(event, () => {
        end(undefined);
      });
  });
}

async function keysAt(port: string): Promise<string[] | undefined> {
  const scan = spawn('ssh-keyscan', ['-T', '20', '-p', port, '127.0.0.1'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 70_000 });
  const keys = (await text(scan.stdout))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ').slice(1).join(' '));
  return keys.length > 0 ? keys : undefined;
}
