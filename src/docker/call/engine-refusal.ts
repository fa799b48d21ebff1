import { TsmachineError } from '../../base/errors.js';

/** An engine's answer with an error status: the cause of an ENGINE_API error. */
export class EngineRefusal extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

/** The engine's refusal behind an error; undefined for any other failure. */
export function refusalIn(error: unknown): EngineRefusal | undefined {
  return TsmachineError.is(error) && error.cause instanceof EngineRefusal ? error.cause : undefined;
}
