import type { DriverEnv, DriverModule } from '../../driver/contract.js';
import type { GoProgram } from './program.js';

/** A plugin of Docker Machine as a driver like any other. */
export function goPluginModule(program: GoProgram, env: DriverEnv): DriverModule {
  return {
    name: program.driver,
    contract: 2,
    summary: `Plugin ${program.path}`,
    async describe() {
      const { describePlugin } = await import('./description.js');
      return describePlugin(program, env);
    },
    async open(opened) {
      const { GoPluginDriver } = await import('./driver.js');
      return new GoPluginDriver(program, opened);
    },
  };
}
