/** Docker Machine's state words; their positions are its state numbers. */
export type State = 'None' | 'Running' | 'Paused' | 'Saved' | 'Stopped' | 'Stopping' | 'Starting' | 'Error' | 'Timeout';

/** The `Driver` object of config.json: owned by the driver, not interpreted by anything else, and kept complete. */
export type DriverData = Readonly<Record<string, unknown>>;

export interface Address {
  readonly ip: string;
  readonly scope: 'public' | 'private';
}
