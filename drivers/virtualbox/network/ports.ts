import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { Computer, VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { forwards, type VmFacts } from '../vm/vm.js';

/** A free port of this computer: the remembered one if it is. */
export async function chooseSshPort(remembered: number, computer: Computer): Promise<number> {
  const port = (remembered === 0 ? undefined : await computer.freePort(remembered)) ?? (await computer.freePort());
  if (port !== undefined) return port;
  throw new TsmachineError('DRIVER_FAILED', 'No port of 127.0.0.1 is free for the machine');
}

/**
 * The engine's forwarded port has one number on both sides, and its certificate and clients know it: once chosen it stays.
 * @param ssh the port that is promised to SSH
 * @throws TsmachineError DRIVER_FAILED when another program has taken it
 */
export async function chooseEnginePort({ enginePort, machineName }: VirtualboxConfig, ssh: number, computer: Computer): Promise<number> {
  if (enginePort === 0) {
    const port = await chooseSshPort(0, computer);
    return port === ssh ? chooseSshPort(ssh + 1, computer) : port;
  }
  if ((await computer.freePort(enginePort)) !== undefined) return enginePort;
  throw new TsmachineError(
    'DRIVER_FAILED',
    `The port ${enginePort} of 127.0.0.1, by which the engine of ${machineName} is reached, is taken by another program`,
    {
      hint: say`End that program, then: ${run('start', machineName)}`,
    },
  );
}

/** Sets one forwarded port of a VM that is off. */
export async function forward(
  vm: string,
  facts: VmFacts,
  rule: { name: string; host: number; guest: number },
  vbox: VBoxManage,
): Promise<void> {
  const text = `${rule.name},tcp,127.0.0.1,${rule.host},,${rule.guest}`;
  const present = forwards(facts);
  if (present.includes(text)) return;
  if (present.some((one) => one.startsWith(`${rule.name},`))) await vbox.run(['modifyvm', vm, '--nat-pf1', 'delete', rule.name]);
  await vbox.run(['modifyvm', vm, '--nat-pf1', text]);
}
