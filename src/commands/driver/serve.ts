import { MachineCommand } from '../../cli/command.js';
import { TsmachineError } from '../../base/errors.js';
import type { Io } from '../../base/io.js';
import { plain, type Text } from '../../base/text.js';

export default class DriverServe extends MachineCommand {
  static override summary = 'Serve a driver to Docker Machine';
  static override description =
    'Docker Machine, rancher-machine and GitLab’s fork start it: a link to this program with the name docker-machine-driver-NAME on' +
    ' the PATH is a plugin for them.';
  static override usage = 'driver';
  static override examples = ['<%= config.bin %> driver serve nspawn'];
  static override operands = { kind: 'none' } as const;

  async run(): Promise<void> {
    const { argv } = await this.parse(DriverServe);
    const {
      env,
      progress,
      screen,
      interruption: { signal },
    } = this.invocation;
    const [driver, ...more] = argv;
    if (driver === undefined || more.length > 0) throw new TsmachineError('USAGE', 'Error: Expected the name of one driver');
    if (env['MACHINE_PLUGIN_TOKEN'] !== '42') throw notByHand(driver);
    const write = (to: 'stdout' | 'stderr', text: Text) => {
      // Docker Machine writes the machine's name before each line
      progress.write(screen[to], plain(text, 'docker-machine').replace(/^\([^)]*\) /, ''));
    };
    const io: Io = {
      info: (text) => {
        write('stdout', text);
      },
      warn: (text) => {
        write('stdout', text);
      },
      debug: (text) => {
        write('stderr', text);
      },
      progress: (text, passing) => {
        if (passing !== true) write('stderr', text);
      },
      secret: () => Promise.resolve(undefined),
    };
    const announce = (address: string) => {
      progress.write(screen.stdout, address);
    };
    const { serveDriver } = await import('../../serve/serve.js');
    if (!(await serveDriver({ driver, env, signal, io, announce }))) this.exit(1);
  }
}

/** The text of Docker Machine's own plugins, and how it is meant. */
function notByHand(driver: string): TsmachineError {
  return new TsmachineError('USAGE', 'Docker Machine starts this, not a person', {
    exit: 1,
    hint: `Put a link named docker-machine-driver-${driver} to this program on the PATH. Then: docker-machine create -d ${driver} ...`,
  });
}
