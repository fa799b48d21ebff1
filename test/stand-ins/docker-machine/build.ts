import { buildGo } from '../go-rpc/build.js';

/** Docker Machine. @throws NoGo where there is no Go, or no way to its modules */
export function buildDockerMachine(): Promise<string> {
  return buildGo('docker-machine', import.meta.dirname);
}
