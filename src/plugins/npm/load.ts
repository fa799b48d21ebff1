import { pathToFileURL } from 'node:url';

import { errorText } from '../../base/errors.js';
import type { DriverModule } from '../../driver/contract.js';
import { serveDriverExport } from './driver-export.js';
import { entryOf } from './entry.js';
import { contract, isObject, otherContract, unusable, type DriverPackage } from './package.js';
import { descriptionFaults, driverFaults } from './shape.js';

/** The one place where code of others is loaded. The build replaces this call of `import` by its name. */
const importFile = (fileUrl: string): Promise<unknown> => import(fileUrl);

/**
 * What a file of a package exports by default.
 * @throws TsmachineError DRIVER_PACKAGE when its code fails
 */
export async function importDefault(pack: DriverPackage, file: string): Promise<unknown> {
  serveDriverExport();
  try {
    const exported = await importFile(pathToFileURL(file).href);
    return isObject(exported) ? exported['default'] : undefined;
  } catch (error) {
    throw unusable(`Driver package ${pack.name} (${pack.shown})`, `its code fails: ${errorText(error)}`, error);
  }
}

/**
 * Runs a package's code, and takes the driver that it exports.
 * @throws TsmachineError DRIVER_PACKAGE when it exports none, or one of another name or contract; its functions throw the same for what
 *   does not keep to the contract
 */
export async function loadPackage(pack: DriverPackage): Promise<DriverModule> {
  const exported = await importDefault(pack, entryOf(pack));
  const label = `Driver package ${pack.name} (${pack.shown})`;
  if (!isObject(exported)) throw unusable(label, 'it has no default export, which has to be the driver');
  if (exported['contract'] !== contract) throw otherContract(`The driver of package ${pack.name} (${pack.shown})`, exported['contract']);
  const missing = ['describe', 'open'].find((name) => typeof exported[name] !== 'function');
  if (missing !== undefined) throw unusable(label, `its default export has no function ${missing}`);
  if (exported['name'] !== pack.driver) {
    throw unusable(label, `its driver calls itself ${JSON.stringify(exported['name'])}, not "${pack.driver}"`);
  }
  if (typeof exported['summary'] !== 'string') throw unusable(label, 'its driver has no summary');
  return checked(label, exported as object as DriverModule);
}

/** The driver, whose answers are looked at before anything relies on them. */
function checked(label: string, module: DriverModule): DriverModule {
  const refuse = (faults: readonly string[]) => {
    if (faults.length > 0) throw unusable(label, faults.join('; '));
  };
  return {
    name: module.name,
    contract: module.contract,
    summary: module.summary,
    async describe() {
      const description = await module.describe();
      refuse(descriptionFaults(module.name, description));
      return description;
    },
    async open(env) {
      const driver = await module.open(env);
      refuse(driverFaults(driver));
      return driver;
    },
  };
}
