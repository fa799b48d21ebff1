import { secretFlag, type FlagValues } from '../../base/flags.js';
import type { DriverData } from '../../base/machine.js';

const secretName = /secret|token|password|passwd|passphrase|api-?key|access-?key|private-?key|credential/i;
/** Characters: shorter ones occur in every text by chance. */
const shortest = 6;

/**
 * The secrets that a plugin was told, so that nothing it prints shows them. It does not say which they are: they are told by the names of
 * flags and of fields of its data.
 */
export class ToldSecrets {
  readonly #values = new Set<string>();

  addFlags(values: FlagValues): void {
    for (const [name, value] of Object.entries(values)) if (secretFlag.test(name) || secretName.test(name)) this.#add(value);
  }

  addData(data: DriverData): void {
    for (const [name, value] of Object.entries(data)) if (secretName.test(name) && !/path|file/i.test(name)) this.#add(value);
  }

  hide(text: string): string {
    let shown = text;
    for (const value of this.#values) shown = shown.replaceAll(value, '(hidden)');
    return shown;
  }

  #add(value: unknown): void {
    if (typeof value === 'string' && value.length >= shortest) this.#values.add(value);
  }
}

/** Flags that hold secrets and were given: their values are in the plugin's data from then on. */
export function secretsGiven(values: FlagValues): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    secretFlag.test(name) && typeof value === 'string' && value !== '' ? [name] : [],
  );
}
