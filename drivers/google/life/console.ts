import type { Gce } from '../api.js';
import { isInUse } from '../call/refused.js';
import { placeOfId } from './launch.js';

/** The end of the serial console; empty while Google has nothing. */
export async function readConsole(gce: Gce, id: string): Promise<string> {
  try {
    const { contents = '' } = await gce.call('instances.getSerialPortOutput', placeOfId(id));
    return contents;
  } catch (error) {
    if (isInUse(error)) return ''; // the VM is not ready: it has not begun to boot
    throw error;
  }
}
