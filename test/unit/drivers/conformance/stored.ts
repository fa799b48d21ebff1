import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DriverData } from '../../../../src/driver/contract.js';

const machines = join(import.meta.dirname, '../../../fixtures/docker-machine-store/machines');

/** What Docker Machine wrote for machines of a driver. */
export function storedData(driver: string): { data: DriverData; machineDir: string }[] {
  return readdirSync(machines).flatMap((name) => {
    const { DriverName, Driver } = JSON.parse(readFileSync(join(machines, name, 'config.json'), 'utf8')) as {
      DriverName: string;
      Driver: { StorePath: string } & DriverData;
    };
    return DriverName === driver ? [{ data: Driver, machineDir: join(Driver.StorePath, 'machines', name) }] : [];
  });
}
