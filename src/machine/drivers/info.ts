import { loadDriverModule } from '../access/driver-registry.js';
import { errorText, TsmachineError } from '../../base/errors.js';
import type { DriverFeatures, FlagSpec } from '../../driver/contract.js';
import { conformanceRules, type ConformanceOptions } from '../../driver/kit/conformance.js';
import { fileOf } from '../../plugins/npm/entry.js';
import { findFolders, readFolder } from '../../plugins/npm/find.js';
import { importDefault } from '../../plugins/npm/load.js';
import { isObject, unusable } from '../../plugins/npm/package.js';
import type { Session } from '../session.js';
import { listDrivers, type ListedDriver } from './list.js';

/** A rule of the driver contract, and whether the driver keeps it. */
export interface RuleOutcome {
  readonly rule: string;
  /** Absent where the rule holds. */
  readonly broken?: string;
}

/** All that can be said of a driver. */
export interface DriverReport extends ListedDriver {
  readonly summary?: string;
  readonly contract?: number;
  readonly flags?: readonly FlagSpec[];
  readonly features?: DriverFeatures;
  /** Others of its name, which are not used. */
  readonly others: readonly ListedDriver[];
  /** With `test`: the rules of the contract. */
  readonly rules?: readonly RuleOutcome[];
}

export interface InfoOptions {
  /** Runs the conformance suite in the world that the package brings along. */
  readonly test?: boolean;
}

/**
 * Looks at a driver: where it comes from, whether it keeps to the contract's shape, its flags. Its code runs for that.
 * @throws TsmachineError DRIVER_UNKNOWN when there is none of that name; DRIVER_PACKAGE with `test` for a package that brings no world
 */
export async function driverReport(session: Session, name: string, { test = false }: InfoOptions = {}): Promise<DriverReport> {
  const [found, ...others] = (await listDrivers(session)).filter(({ driver }) => driver === name);
  const report = await lookInside(session, name, found);
  return { ...report, others, ...(test && report.problem === undefined ? { rules: await testDriver(session, name) } : {}) };
}

async function lookInside(session: Session, name: string, found: ListedDriver | undefined): Promise<Omit<DriverReport, 'others'>> {
  if (found?.problem !== undefined) return found;
  try {
    const module = await loadDriverModule(name, session);
    const { env, signal } = session;
    if (found?.kind === 'npm package') await (await module.open({ env, signal })).close();
    const { summary, contract, flags, features } = module;
    return { ...(found ?? { driver: name, kind: 'unknown', used: true }), summary, contract, flags, features };
  } catch (error) {
    if (!found) throw error;
    return { ...found, problem: TsmachineError.from(error).message };
  }
}

async function testDriver(session: Session, name: string): Promise<RuleOutcome[]> {
  const folder = (await findFolders(session)).find(({ driver }) => driver === name);
  const pack = folder && (await readFolder(folder));
  const own = pack?.json['tsmachine'];
  const file = isObject(own) ? own['conformance'] : undefined;
  if (pack === undefined || typeof file !== 'string') {
    throw new TsmachineError('DRIVER_PACKAGE', `The driver "${name}" brings no world to be tested in`, {
      hint: `A package names it in its package.json: "tsmachine": { "driver": "${name}", "contract": 2, "conformance": "./world.js" }`,
    });
  }
  const options = await importDefault(pack, fileOf(pack, file));
  if (!isObject(options) || typeof options['makeWorld'] !== 'function') {
    throw unusable(`Driver package ${pack.name} (${pack.shown})`, `${file} exports no makeWorld by default`);
  }
  const outcomes: RuleOutcome[] = [];
  for (const { name: rule, check } of conformanceRules(await loadDriverModule(name, session), options as object as ConformanceOptions)) {
    try {
      await check();
      outcomes.push({ rule });
    } catch (error) {
      session.signal.throwIfAborted();
      outcomes.push({ rule, broken: errorText(error) });
    }
  }
  return outcomes;
}
