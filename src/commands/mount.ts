import * as Flags from '@oclif/core/flags';

import { MachineCommand } from '../cli/command.js';
import { remoteAndMountPoint } from '../cli/line/arguments.js';

export default class Mount extends MachineCommand {
  static override summary = 'Mount or unmount a directory of a machine with SSHFS';
  static override description = 'Arguments are [machine:][path] [mountpoint]. The default mountpoint is the same path on this computer.';
  static override usage = '[[user@]machine:]path [mountpoint]';
  static override examples = ['<%= config.bin %> mount m1:/srv ./srv', '<%= config.bin %> mount -u m1:/srv ./srv'];
  static override flags = {
    unmount: Flags.boolean({ char: 'u', description: 'Unmount instead of mount' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Mount);
    const [place, mountpoint] = remoteAndMountPoint(argv);
    const { mountFolder, unmountFolder } = await import('../copy/mount.js');
    const session = await this.session();
    await (flags.unmount ? unmountFolder(session, place, mountpoint) : mountFolder(session, place, mountpoint));
  }
}
