import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/flags.js';
import { oneOrNone } from '../cli/names.js';
import { programName } from '../cli/program.js';

export default class Version extends MachineCommand {
  static override summary = 'Show the tsmachine version or a machine docker version';
  static override description = 'Argument is (optionally) a machine name.';
  static override usage = '[name]';
  static override example = 'version m1';
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { args, globals } = await this.parse(Version.flags);
    const name = oneOrNone(args);
    if (name === undefined) {
      const { packageVersion } = await import('../system/package.js');
      return this.show({ version: packageVersion() }, () => `${programName()} version ${packageVersion()}, build HEAD`);
    }
    const { engineVersion } = await import('../core/query.js');
    const version = await engineVersion(await this.session(globals), name);
    this.show({ name, version }, () => version);
  }
}
