import type { ExecResult, RemoteShell } from '../../../src/base/shell.js';
import { TsmachineError } from '../../../src/base/errors.js';

export interface Call {
  readonly template: string;
  readonly variables: Readonly<Record<string, string>>;
}

type Answer = string | { exitCode: number; stdout?: string; stderr?: string };

/** A remote shell that runs nothing: it remembers what it was asked and answers as told, the last answer of a template again and again. */
export class RecordingShell implements RemoteShell {
  readonly calls: Call[] = [];
  readonly #answers: Map<string, Answer[]>;

  constructor(answers: Readonly<Record<string, readonly Answer[]>>) {
    this.#answers = new Map(Object.entries(answers).map(([template, list]) => [template, [...list]]));
  }

  exec(command: string): Promise<ExecResult> {
    return Promise.reject(new Error(`no command expected: ${command}`));
  }

  rootScript(
    template: string,
    variables: Readonly<Record<string, string>> = {},
    options: { ok?: readonly number[]; onLine?: (line: string) => void } = {},
  ): Promise<ExecResult> {
    this.calls.push({ template, variables });
    const answers = this.#answers.get(template);
    const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
    if (answer === undefined) return Promise.reject(new Error(`no answer for ${template}`));
    const { exitCode, stdout = '', stderr = '' } = typeof answer === 'string' ? { exitCode: 0, stdout: answer } : answer;
    const result = { exitCode, stdout, stderr };
    for (const line of result.stdout.split('\n')) options.onLine?.(line);
    if (!(options.ok ?? [0]).includes(result.exitCode))
      return Promise.reject(new TsmachineError('REMOTE_COMMAND', `${template} exited ${result.exitCode}`));
    return Promise.resolve(result);
  }

  get templates(): string[] {
    return this.calls.map((call) => call.template.replace('provision/', ''));
  }

  variables(template: string): Readonly<Record<string, string>> {
    const call = this.calls.find((one) => one.template === `provision/${template}`);
    if (!call) throw new Error(`${template} was not run, only ${this.templates.join(', ')}`);
    return call.variables;
  }
}
