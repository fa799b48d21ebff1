import type { DriverContext } from '../../src/driver/contract.js';
import { MemoryMachine as MachineInMemory, type ContextParts } from '../../src/driver/kit/memory-context.js';
import { computerFiles } from '../../src/machine/access/files.js';

/** A machine in memory whose files lie on the real disk. */
export class MemoryMachine extends MachineInMemory {
  override context(parts: Omit<ContextParts, 'files'> & Partial<ContextParts>): DriverContext {
    return super.context({ files: computerFiles, ...parts });
  }
}
