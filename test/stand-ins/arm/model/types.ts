import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A type of Azure's published ones (the format of bicep-types). */
export interface Published {
  readonly $type: string;
  readonly name?: string;
  readonly value?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Ref;
  readonly baseProperties?: Readonly<Record<string, Property>>;
  readonly discriminator?: string;
  readonly elements?: readonly Ref[] | Readonly<Record<string, Ref>>;
  readonly itemType?: Ref;
  readonly body?: Ref;
  readonly resourceType?: string;
  readonly input?: Ref;
  readonly output?: Ref;
}

interface Ref {
  readonly $ref: string;
}

export interface Property {
  readonly type: Ref;
  readonly flags: number;
}

/** What a property's flags say. */
export const flag = { required: 1, readOnly: 2, writeOnly: 4, constant: 8 };

/** A type and the file in which its references lead on. */
export interface Node {
  readonly type: Published;
  readonly all: readonly Published[];
}

export function follow(node: Node, ref: Ref): Node {
  const type = node.all[Number(ref.$ref.slice(2))];
  if (type === undefined) throw new Error(`${ref.$ref} leads nowhere`);
  return { type, all: node.all };
}

/** Of each namespace the file whose types are looked at, by the type's name. */
const files = ['compute-2026-03-01', 'disks-2025-01-02', 'network-2025-05-01', 'resources-2025-04-01'];

/** Where the published types lie, or undefined. TSMACHINE_AZURE_TYPES names another folder. */
export function typesFolder(): string | undefined {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const folder = resolve(process.env['TSMACHINE_AZURE_TYPES'] ?? join(root, '..', 'shared', 'azure-types'));
  return files.every((name) => existsSync(join(folder, `${name}.json`))) ? folder : undefined;
}

/** The bodies of resources, and inputs and outputs of their actions, by lower-case name. */
export class PublishedTypes {
  readonly #bodies = new Map<string, Node>();
  readonly #inputs = new Map<string, Node>();
  readonly #outputs = new Map<string, Node>();

  constructor(folder: string) {
    for (const name of files) {
      const all = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Published[];
      for (const type of all) this.#add({ type, all });
    }
  }

  #add(node: Node): void {
    const { $type, name = '', body, resourceType = '', input, output } = node.type;
    if ($type === 'ResourceType' && body) this.#bodies.set((name.split('@')[0] ?? '').toLowerCase(), follow(node, body));
    if ($type !== 'ResourceFunctionType') return;
    const key = `${resourceType}/${name}`.toLowerCase();
    if (input) this.#inputs.set(key, follow(node, input));
    if (output) this.#outputs.set(key, follow(node, output));
  }

  body(type: string): Node | undefined {
    return this.#bodies.get(type.toLowerCase());
  }

  input(type: string, action: string): Node | undefined {
    return this.#inputs.get(`${type}/${action}`.toLowerCase());
  }

  output(type: string, action: string): Node | undefined {
    return this.#outputs.get(`${type}/${action}`.toLowerCase());
  }
}
