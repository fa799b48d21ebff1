/**
 * A stand-in for PowerShell with Hyper-V: it parses the script that it is given, evaluates it, and its cmdlets keep real state below
 * STAND_IN_HOME and refuse what Hyper-V refuses. A started VM is a machine of systemd-nspawn (../guests).
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { home } from '../guests/state.js';
import { describe, hasRole, runCmdlet, type Console } from './cmdlets/run.js';
import { reachesOut } from './cmdlets/table.js';
import { takeFault } from './faults.js';
import { Complaint, ParseError, Unknown } from './powershell/errors.js';
import { runScript } from './powershell/evaluate.js';
import type { Statement } from './powershell/syntax/syntax.js';
import type { Fault } from './state.js';

const root = process.env['HYPERV_STAND_IN_ROOT'] ?? '';
const folder = join(root, 'templates', 'hyperv');

// Hyper-V changes what it keeps whole or not at all, whatever becomes of the PowerShell that asked: a signal waits for that.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    process.exit(1);
  });

try {
  await run(scriptOf(process.argv.slice(2)), readFileSync(0, 'utf8'));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ParseError ? 1 : 64;
}

async function run(text: string, stdin: string): Promise<void> {
  if (!/^[ -~]*\n$/.test(stdin)) throw new Error(`standard input must be one line of ASCII: ${JSON.stringify(stdin)}`);
  const script = nameOf(text);
  appendFileSync(join(home, 'calls.log'), `${JSON.stringify({ script, input: JSON.parse(stdin) as unknown })}\n`);
  const statements = await parsed(text);
  const fault = takeFault(script);
  if (fault?.instead === 'mute') {
    process.stderr.write(`${fault.message}\n`);
    process.exitCode = 1;
    return;
  }
  const console = consoleOf(fault);
  const { output, status } = await runScript(statements, [stdin.trimEnd()], {
    ...console,
    command: (call) => runCmdlet(call, console),
    error: (message) => {
      process.stderr.write(`${message}\n`);
    },
  });
  if (output.length > 0) throw new Unknown(`how PowerShell shows what the script left on its pipeline: ${output.map(describe).join(', ')}`);
  process.exitCode = status;
}

/** A script is parsed once: loading the grammar takes longer than all the rest. */
async function parsed(text: string): Promise<readonly Statement[]> {
  const file = join(home, `${createHash('sha256').update(text).digest('hex')}.tree`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Statement[];
  const { openParser } = await import('./powershell/syntax/parse.js');
  const statements = (await openParser(root))(text);
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(statements));
  renameSync(`${file}.${process.pid}`, file);
  return statements;
}

function consoleOf(fault: Fault | undefined): Console {
  const write = (text: string) => {
    process.stdout.write(text);
  };
  return {
    write,
    hasRole,
    warn: (text) => {
      write(`WARNING: ${text}\r\n`);
    },
    async before(name) {
      if (!fault || !(fault.cmdlet === undefined ? reachesOut(name) : fault.cmdlet === name)) return;
      if (fault.instead === 'hang')
        await new Promise(() => {
          setInterval(() => undefined, 60_000);
        });
      throw new Complaint(fault.message, fault.id ?? 'InvalidParameter');
    },
  };
}

function scriptOf(args: readonly string[]): string {
  const [profile, interactive, command, text = '', ...rest] = args;
  if (profile !== '-NoProfile' || interactive !== '-NonInteractive' || command !== '-Command' || rest.length > 0) {
    throw new Error(`not how PowerShell is called: ${args.slice(0, 3).join(' ')}`);
  }
  return text;
}

/** As tests call it; any other script is run just the same. */
function nameOf(text: string): string {
  return (
    readdirSync(folder)
      .find((name) => readFileSync(join(folder, name), 'utf8') === text)
      ?.replace(/\.ps1$/, '') ?? 'unnamed'
  );
}
