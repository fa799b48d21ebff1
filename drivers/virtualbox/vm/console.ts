import type { DriverContext } from '../../../src/driver/contract.js';
import type { VirtualboxConfig } from '../config.js';
import { consoleLogOf } from './build.js';

/** What a cloud image printed on its serial console; boot2docker prints nothing there. */
export async function readConsole({ image }: VirtualboxConfig, ctx: Pick<DriverContext, 'files' | 'machineDir'>): Promise<string> {
  return image === '' ? '' : ((await ctx.files.read(consoleLogOf(ctx.machineDir))) ?? '');
}
