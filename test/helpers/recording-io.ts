import type { Io } from '../../src/base/io.js';

/** An `Io` that remembers what was said and answers questions for secrets with `answer`. */
export class RecordingIo implements Io {
  readonly infos: string[] = [];
  readonly warnings: string[] = [];
  readonly steps: string[] = [];
  readonly questions: string[] = [];
  readonly debugs: string[] = [];
  readonly #answer: string | undefined;

  constructor(answer?: string) {
    this.#answer = answer;
  }

  info(text: string): void {
    this.infos.push(text);
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  debug(text: string): void {
    this.debugs.push(text);
  }

  progress(text: string): void {
    this.steps.push(text);
  }

  secret(question: string): Promise<string | undefined> {
    this.questions.push(question);
    return Promise.resolve(this.#answer);
  }
}
