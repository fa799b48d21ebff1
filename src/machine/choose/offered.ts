import type { DriverFeatures } from '../../driver/contract.js';
import { loadDriverModule } from '../access/driver-registry.js';
import { onEach } from './each.js';
import type { Session } from '../session.js';

/**
 * Names for shell completion, from what is on disk: no machine is asked. A machine that cannot be read, or whose driver is unknown, is
 * included, since the person may want to remove it.
 * @param feature only machines whose driver has it
 */
export async function offeredNames(session: Session, feature: keyof DriverFeatures | undefined): Promise<string[]> {
  const names = await session.store.names();
  if (feature === undefined) return names;
  const drivers = new Map<string, Promise<boolean>>();
  const outcomes = await onEach(names, 50, async (name) => {
    const {
      config: { DriverName: driver },
    } = await session.store.load(name);
    const has = drivers.get(driver) ?? loadDriverModule(driver, session).then(({ features }) => features[feature] === true);
    drivers.set(driver, has);
    return has;
  });
  return outcomes.filter((outcome) => 'error' in outcome || outcome.value).map(({ name }) => name);
}
