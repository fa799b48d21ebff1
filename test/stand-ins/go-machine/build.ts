import { buildGo } from '../go-rpc/build.js';

/** The plugin of this folder, built with Docker Machine's own library. @throws NoGo where there is no Go, or no way to its modules */
export function buildLabPlugin(): Promise<string> {
  return buildGo('go-machine', import.meta.dirname);
}
