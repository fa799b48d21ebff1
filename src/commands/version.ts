import { MachineCommand } from '../cli/command.js';
import { jsonFlag } from '../cli/line/flags.js';
import { optionalArgument } from '../cli/line/arguments.js';
import { programName } from '../cli/line/program.js';
import { packageBuild } from '../system/package.js';

export default class Version extends MachineCommand {
  static override summary = 'Show the version of this program, or of Docker on a machine';
  static override description = 'Argument is a machine name (optional).';
  static override usage = '[name]';
  static override examples = ['<%= config.bin %> version m1'];
  static override operands = { kind: 'machine' } as const;
  static override flags = jsonFlag;

  async run(): Promise<void> {
    const { argv } = await this.parse(Version);
    const name = optionalArgument(argv);
    if (name === undefined) {
      const { version } = this.config;
      const build = packageBuild();
      return this.show({ version, build }, () => `${programName()} version ${version}, build ${build}`);
    }
    const { engineVersion } = await import('../machine/query.js');
    const version = await engineVersion(await this.session(), name);
    this.show({ name, version }, () => version);
  }
}
