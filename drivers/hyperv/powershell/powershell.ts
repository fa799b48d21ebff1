import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { hypervFailure } from './failure.js';
import { readScript } from './scripts.js';

const defaultTimeout = 2 * 60_000;

/**
 * In a terminal of PowerShell 7 the variable names that one's modules first, which the PowerShell of Windows cannot load. Without it, it
 * takes its own; with an empty one it would look for modules nowhere.
 */
const ownModules = { PSModulePath: undefined };

type Context = Pick<DriverContext, 'exec' | 'machineName'>;

/**
 * Runs a script of templates/hyperv. Its text is always the same; what it works on comes as one line of JSON on standard input, where
 * nothing can be mistaken for a command, and it answers with one line of JSON, `value` or `error`. Both are plain ASCII: consoles of
 * Windows have code pages of their own.
 * @param timeout milliseconds
 * @throws TsmachineError COMMAND_MISSING, COMMAND_FAILED when it does not end in time, STORE_FULL, DRIVER_FAILED
 */
export async function runScript(name: string, input: object, ctx: Context, platform: string, timeout = defaultTimeout): Promise<unknown> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', await readScript(name)];
  const { stdout, stderr } = await powershell(args, ascii(input), ctx, platform, timeout).catch((error: unknown) => {
    throw TsmachineError.is(error) && error.code === 'COMMAND_FAILED' ? shortened(error, name, args) : error;
  });
  const answer = parse(stdout);
  if (answer === undefined) {
    const said = (stderr.trim() || stdout.trim()).split(/\r?\n/).slice(0, 3).join('\n');
    throw new TsmachineError('DRIVER_FAILED', `PowerShell did not answer (${name})${said === '' ? '' : `:\n${said}`}`, {
      hint: 'Does it start? Try: powershell -NoProfile -Command Get-VM',
    });
  }
  if (answer.error !== undefined) throw hypervFailure(name, answer.error);
  return answer.value;
}

/** Windows has its own PowerShell, which knows Hyper-V; newer ones are called pwsh. */
async function powershell(args: readonly string[], input: string, ctx: Context, platform: string, timeout: number) {
  const programs = platform === 'win32' ? ['powershell', 'pwsh'] : ['pwsh'];
  for (const program of programs) {
    try {
      return await ctx.exec(program, args, { input, timeout, ok: [0, 1], env: program === 'powershell' ? ownModules : {} });
    } catch (error) {
      if (!TsmachineError.is(error) || error.code !== 'COMMAND_MISSING') throw error;
    }
  }
  if (platform === 'win32') {
    throw new TsmachineError('COMMAND_MISSING', 'Powershell was not found in the path', {
      hint: 'Add C:\\Windows\\System32\\WindowsPowerShell\\v1.0 to PATH',
    });
  }
  throw new TsmachineError('DRIVER_UNSUPPORTED', 'Hyper-V is a part of Windows', {
    hint: `Here, use: tsmachine create -d virtualbox ${ctx.machineName}`,
  });
}

/** A whole script in a message would say nothing. */
function shortened(error: TsmachineError, name: string, args: readonly string[]): TsmachineError {
  return new TsmachineError('COMMAND_FAILED', error.message.replace(args.at(-1) ?? '', name), { hint: error.hint, cause: error });
}

function ascii(value: object): string {
  return `${JSON.stringify(value).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

interface Answer {
  readonly value?: unknown;
  readonly error?: unknown;
}

/** The last line: cmdlets may have warned before. */
function parse(stdout: string): Answer | undefined {
  const line = stdout.trimEnd().split(/\r?\n/).at(-1) ?? '';
  try {
    const answer: unknown = JSON.parse(line);
    return typeof answer === 'object' && answer !== null && ('value' in answer || 'error' in answer) ? answer : undefined;
  } catch {
    return undefined; // the caller says so
  }
}
