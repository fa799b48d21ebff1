/** No data arrived for too long, or not all of it in time. Its code is that of the system's own timeout. */
export class Silence extends Error {
  readonly code = 'ETIMEDOUT';

  /** `timeout` in milliseconds. */
  constructor(timeout: number, what: 'no answer' | 'no complete answer' = 'no answer') {
    super(`${what} within ${timeout / 1000} s`);
    this.name = 'Silence';
  }
}
