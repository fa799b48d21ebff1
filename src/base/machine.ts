/** Docker Machine's state words; their positions are its state numbers. */
export type State = 'None' | 'Running' | 'Paused' | 'Saved' | 'Stopped' | 'Stopping' | 'Starting' | 'Error' | 'Timeout';

/** The `Driver` object of config.json: owned by the driver, not interpreted by anything else, and kept complete. */
export type DriverData = Readonly<Record<string, unknown>>;

export interface Address {
  readonly ip: string;
  readonly scope: 'public' | 'private';
}

/**
 * How the engine gets onto a host. auto: Docker's own packages, else the distribution's. docker, distro: the one or the other.
 * script: what the install URL names. none: the engine is there already.
 */
export const installModes = ['auto', 'docker', 'distro', 'script', 'none'] as const;

export type InstallMode = (typeof installModes)[number];

export interface EngineInstall {
  readonly mode: InstallMode;
  /** `28`, `28.5` or `28.5.2`: the newest package that matches. */
  readonly version?: string;
}
