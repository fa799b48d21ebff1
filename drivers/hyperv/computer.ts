import type { Computer } from './api.js';

/** This computer. */
export function thisComputer(): Computer {
  return { platform: process.platform, architecture: process.arch };
}
