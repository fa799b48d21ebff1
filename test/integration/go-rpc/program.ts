import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Context } from 'mocha';

import { skip } from '../../helpers/skip.js';
import { NoGo, buildGoProgram } from '../../stand-ins/go-rpc/build.js';

/** The program in Go; where there is no Go, the tests are skipped. @param context the `this` of a `before` hook */
export function goProgram(context: Context): Promise<string> {
  return builtOrSkipped(context, buildGoProgram);
}

/** What `build` makes; where there is no Go, the tests are skipped. @param context the `this` of a `before` hook */
export async function builtOrSkipped<T>(context: Context, build: () => Promise<T>): Promise<T> {
  context.timeout(600_000);
  try {
    return await build();
  } catch (error) {
    if (error instanceof NoGo) return skip(context, error.message);
    throw error;
  }
}

/** Runs it to its end. @returns what it wrote to standard output */
export async function output(program: string, args: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<Buffer> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  await once(child, 'close');
  return Buffer.concat(pieces);
}

/** Starts it as a server. @returns the port that it announces; ends with its standard input */
export async function server(program: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(program, ['serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(line.toString().trim().split(':')[1]) };
}
