import { TsmachineError } from '../../base/errors.js';
import { readTemplate } from '../../system/package.js';
import { programName } from '../line/program.js';

/** The parts of each script, in templates/shell. */
const parts: Readonly<Record<string, readonly string[]>> = {
  bash: ['functions.sh', 'completion.bash'],
  zsh: ['functions.sh', 'completion.zsh'],
  fish: ['tsmachine.fish'],
  powershell: ['tsmachine.ps1'],
};

/** The shells that have a completion script. */
export const completedShells: readonly string[] = Object.keys(parts);

/** The shells whose script defines the function that runs `use`. */
const shellsWithUse: readonly string[] = ['bash', 'zsh', 'fish'];

/** The line that defines the function that runs `use`; undefined for a shell without one. */
export function loadLine(shell: string): string | undefined {
  if (!shellsWithUse.includes(shell)) return undefined;
  const print = `${programName()} completion ${shell}`;
  return shell === 'fish' ? `${print} | source` : `eval "$(${print})"`;
}

/** The completion script of a shell, for the name by which this program was called. @throws TsmachineError USAGE */
export async function completionScript(shell: string): Promise<string> {
  const names = Object.hasOwn(parts, shell) ? parts[shell] : undefined;
  if (!names) {
    throw new TsmachineError('USAGE', `There is no completion script for the shell ${JSON.stringify(shell)}`, {
      hint: `Choose one of ${completedShells.join(', ')}`,
    });
  }
  const texts = await Promise.all(names.map((name) => readTemplate(`shell/${name}`)));
  return texts.join('\n').replaceAll('@PROGRAM@', programName());
}
