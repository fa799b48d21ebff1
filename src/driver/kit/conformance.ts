import type { DriverModule } from '../contract.js';
import * as create from './conformance/create.js';
import * as data from './conformance/data.js';
import * as leftovers from './conformance/leftovers.js';
import * as look from './conformance/look.js';
import * as remove from './conformance/remove.js';
import { onStage } from './conformance/stage.js';
import type { ConformanceOptions, Rule } from './conformance/world.js';

export type { Around, ConformanceOptions, ConformanceWorld, WorldMachine } from './conformance/world.js';

const rules: readonly Rule[] = [
  data.flagsRoundTrip,
  data.secretsStayOut,
  data.checkAccepts,
  data.checkRefuses,
  create.precheckChangesNothing,
  create.createIsRepeatable,
  create.createSurvivesKill,
  create.createSurvivesLostAnswers,
  remove.removeIsIdempotent,
  remove.removeLeavesNothing,
  remove.removeTakesHalfMachines,
  remove.removeGoesOn,
  remove.foreignIsUntouched,
  look.looksAgree,
  look.lookFollowsPower,
  look.cancellationEndsCalls,
  leftovers.leftoversListMachines,
  leftovers.discardIsIdempotent,
];

/** What must hold of a driver. */
export interface ConformanceRule {
  readonly name: string;
  /** Throws when it does not hold. @returns false for a driver that it does not apply to */
  readonly check: () => Promise<boolean>;
}

/** The rules that every driver must keep, as they apply to this one. For test runners other than mocha. */
export function conformanceRules(module: DriverModule, options: ConformanceOptions): ConformanceRule[] {
  const subject = { module, options };
  return rules.map((rule) => ({
    name: rule.name,
    async check() {
      const applies = await onStage(subject, ({ driver, description }) =>
        Promise.resolve(rule.applies?.(driver, description.features) ?? true),
      );
      if (applies) await rule.check(subject);
      return applies;
    },
  }));
}

/**
 * Declares a test for every rule of the driver contract: call it in a file that mocha runs. A rule that does not apply to the driver
 * holds.
 */
export function runDriverConformance(module: DriverModule, options: ConformanceOptions): void {
  describe(`driver ${module.name}: conformance`, () => {
    for (const rule of conformanceRules(module, options)) {
      it(rule.name, async () => {
        await rule.check();
      });
    }
  });
}
