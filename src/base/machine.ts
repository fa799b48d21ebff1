/** Docker Machine's state words; its numbers are their positions. */
export type State = 'None' | 'Running' | 'Paused' | 'Saved' | 'Stopped' | 'Stopping' | 'Starting' | 'Error' | 'Timeout';

/** The `Driver` object of config.json: owned by the driver, opaque to the engine, kept whole. */
export type DriverData = Readonly<Record<string, unknown>>;

export interface Address {
  readonly ip: string;
  readonly scope: 'public' | 'private';
}
