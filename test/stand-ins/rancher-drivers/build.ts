import { buildGo } from '../go-rpc/build.js';

/** One program with drivers of rancher-machine. @throws NoGo where there is no Go, or no way to its modules */
export function buildRancherDrivers(): Promise<string> {
  return buildGo('rancher-drivers', import.meta.dirname);
}
