/** No data arrived for too long. Its code is that of the system's own timeout. */
export class Silence extends Error {
  readonly code = 'ETIMEDOUT';

  /** `timeout` in milliseconds. */
  constructor(timeout: number) {
    super(`no answer within ${timeout / 1000} s`);
    this.name = 'Silence';
  }
}
