import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import { parseJson } from '../../../src/base/json.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { hypervFailure } from './failure.js';
import { readScript } from './scripts.js';

const defaultTimeout = 2 * 60_000;

/**
 * In a terminal of PowerShell 7 this variable lists the modules of PowerShell 7 first, which Windows PowerShell cannot load. Without the
 * variable it uses its own modules; with an empty one it would find none.
 */
const ownModules = { PSModulePath: undefined };

/** `machineName` is for messages. */
export type ScriptContext = Pick<DriverContext, 'exec' | 'files'> & Partial<Pick<DriverContext, 'machineName'>>;

/**
 * Runs a script of templates/hyperv. Its text never changes: its input is one line of JSON on standard input, where nothing can be
 * mistaken for a command, and it answers with one line of JSON, `value` or `error`. Both are plain ASCII, because consoles of Windows have
 * code pages of their own.
 * @param timeout milliseconds
 * @throws TsmachineError COMMAND_MISSING, COMMAND_FAILED when it does not end in time, STORE_FULL, DRIVER_FAILED
 */
export async function runScript(
  name: string,
  input: object,
  ctx: ScriptContext,
  platform: string,
  timeout = defaultTimeout,
): Promise<unknown> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', await readScript(name, ctx.files)];
  const { stdout, stderr } = await powershell(args, ascii(input), ctx, platform, timeout).catch((error: unknown) => {
    throw TsmachineError.is(error) && error.code === 'COMMAND_FAILED' ? shortened(error, name, args) : error;
  });
  const answer = parse(stdout);
  if (answer === undefined) {
    const output = (stderr.trim() || stdout.trim()).split(/\r?\n/).slice(0, 3).join('\n');
    throw new TsmachineError('DRIVER_FAILED', `PowerShell did not answer (${name})${output === '' ? '' : `:\n${output}`}`, {
      hint: 'Check that it starts: powershell -NoProfile -Command Get-VM',
    });
  }
  if (answer.error !== undefined) throw hypervFailure(name, answer.error);
  return answer.value;
}

/** Windows PowerShell has the Hyper-V module; newer versions of PowerShell are called pwsh. */
async function powershell(args: readonly string[], input: string, ctx: ScriptContext, platform: string, timeout: number) {
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
    hint: say`Here, use: ${run('create', '-d', 'virtualbox', ctx.machineName ?? 'NAME')}`,
  });
}

/** A message names the script instead of quoting all of it. */
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

/** Reads the last line: cmdlets may have printed warnings before it. */
function parse(stdout: string): Answer | undefined {
  const line = stdout.trimEnd().split(/\r?\n/).at(-1) ?? '';
  try {
    const answer: unknown = parseJson(line);
    return typeof answer === 'object' && answer !== null && ('value' in answer || 'error' in answer) ? answer : undefined;
  } catch {
    return undefined; // the caller reports it
  }
}
