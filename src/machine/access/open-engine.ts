import type { Engine } from '../../docker/client.js';
import { openMachineEngine } from '../engine/engine.js';
import { openMachine } from '../machine.js';
import type { Session } from '../session.js';

/**
 * Opens the Engine API of a running machine, over mutual TLS. The caller closes it.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_STATE when it is not running, CERT_UNREADABLE
 */
export async function openEngine(session: Session, name: string): Promise<Engine> {
  return openMachineEngine(session, await openMachine(session, name));
}
