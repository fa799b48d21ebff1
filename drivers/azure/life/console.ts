import type { DriverContext } from '../../../src/driver/contract.js';
import type { Arm } from '../api.js';
import type { Config } from '../config.js';
import { armRefusal, isNotFound } from '../errors.js';
import { partsOf } from '../naming/names.js';

/** Minutes for which the log can be read. */
const lifetime = 5;

/** The end of the serial console; empty while Azure has nothing. */
export async function readConsole({ own }: Config, ctx: Pick<DriverContext, 'fetchText'>, arm: Arm): Promise<string> {
  const named = partsOf(own.vmId);
  if (!named) return '';
  try {
    const { serialConsoleLogBlobUri: url } = await arm.call(
      'Microsoft.Compute/virtualMachines/retrieveBootDiagnosticsData/action',
      ({ compute }) =>
        compute.virtualMachines.retrieveBootDiagnosticsData(named.group, named.name, { sasUriExpirationTimeInMinutes: lifetime }),
    );
    return url === undefined ? '' : await ctx.fetchText(url);
  } catch (error) {
    // a machine of another program may keep none
    if (isNotFound(error) || armRefusal(error)?.status === 409) return '';
    throw error;
  }
}
