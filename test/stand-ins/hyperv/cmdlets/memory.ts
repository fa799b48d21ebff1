import type { Given } from './cmdlet.js';
import { invalid } from './world.js';

const megabyte = 2 ** 20;

export function checkAmount(bytes: number): void {
  if (bytes < 32 * megabyte || bytes > 12 * 2 ** 40 || bytes % (2 * megabyte) !== 0) {
    throw invalid(`Invalid amount of memory ${bytes}: it must be a multiple of 2 MB, 32 MB at least.`);
  }
}

/** Set-VMMemory: what a VM's settings are afterwards. They must agree with each other, whichever of them were given. */
export function memorySettings(settings: Readonly<Record<string, string>>, given: Given): Record<string, string> {
  const amount = (name: string, field: string) => (given.has(name) ? given.number(name) : Number(settings[field]));
  const [memory, minimum, maximum] = [
    amount('StartupBytes', 'memory'),
    amount('MinimumBytes', 'minimum'),
    amount('MaximumBytes', 'maximum'),
  ];
  const dynamic = given.has('DynamicMemoryEnabled') ? given.flag('DynamicMemoryEnabled') : settings['dynamic'] === 'true';
  checkAmount(memory);
  if (dynamic) {
    checkAmount(minimum);
    checkAmount(maximum);
    if (minimum > memory) throw invalid('The minimum memory must not exceed the startup memory.');
    if (memory > maximum) throw invalid('The startup memory must not exceed the maximum memory.');
  } else if (given.has('MinimumBytes') || given.has('MaximumBytes')) {
    throw invalid('Only dynamic memory has a minimum and a maximum.');
  }
  return { memory: String(memory), minimum: String(minimum), maximum: String(maximum), dynamic: String(dynamic) };
}
