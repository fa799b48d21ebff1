import type { Io } from '../../src/base/io.js';
import { plain, type Text } from '../../src/base/text.js';

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

  info(text: Text): void {
    this.infos.push(plain(text));
  }

  warn(text: Text): void {
    this.warnings.push(plain(text));
  }

  debug(text: Text): void {
    this.debugs.push(plain(text));
  }

  progress(text: Text): void {
    this.steps.push(plain(text));
  }

  secret(question: string): Promise<string | undefined> {
    this.questions.push(question);
    return Promise.resolve(this.#answer);
  }
}
