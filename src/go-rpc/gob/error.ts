import { TsmachineError } from '../../base/errors.js';

/** Bytes that are no gob stream, that are beyond the limits, or a value that is not of the expected type. */
export class GobError extends TsmachineError {
  /** @param offset where in the stream, in bytes from its beginning */
  constructor(
    what: string,
    readonly offset: number,
  ) {
    super('RPC_PROTOCOL', `gob stream, byte ${offset}: ${what}`);
  }
}

/** A name out of a stream for a message: never long, never several lines. */
export function shown(name: string): string {
  return JSON.stringify(name.length <= 60 ? name : `${name.slice(0, 60)}...`);
}
