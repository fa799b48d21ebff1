import { TsmachineError } from '../../base/errors.js';
import { readTemplate } from '../../system/package.js';
import { programName } from '../line/program.js';

/** What a script is made of, below templates/shell. */
const parts: Readonly<Record<string, readonly string[]>> = {
  bash: ['functions.sh', 'completion.bash'],
  zsh: ['functions.sh', 'completion.zsh'],
  fish: ['tsmachine.fish'],
  powershell: ['tsmachine.ps1'],
};

export const completedShells: readonly string[] = Object.keys(parts);

/** Shells in which the script defines the function that runs `use`. */
const shellsWithUse: readonly string[] = ['bash', 'zsh', 'fish'];

/** How a shell gets the function that runs `use`; undefined where there is none. */
export function loadLine(shell: string): string | undefined {
  if (!shellsWithUse.includes(shell)) return undefined;
  const print = `${programName()} completion ${shell}`;
  return shell === 'fish' ? `${print} | source` : `eval "$(${print})"`;
}

/** The script for a shell, in the name this program was called by. @throws TsmachineError USAGE */
export async function completionScript(shell: string): Promise<string> {
  const names = Object.hasOwn(parts, shell) ? parts[shell] : undefined;
  if (!names) {
    throw new TsmachineError('USAGE', `There is no completion for the shell ${JSON.stringify(shell)}`, {
      hint: `Shells are: ${completedShells.join(', ')}`,
    });
  }
  const texts = await Promise.all(names.map((name) => readTemplate(`shell/${name}`)));
  return texts.join('\n').replaceAll('@PROGRAM@', programName());
}
