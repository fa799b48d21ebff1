/** Google's description of an API, as far as it is used here: https://developers.google.com/discovery/v1/reference/apis */

export interface Schema {
  readonly id?: string;
  readonly $ref?: string;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'any';
  readonly format?: string;
  readonly description?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: string;
  readonly maximum?: string;
  readonly readOnly?: boolean;
  readonly repeated?: boolean;
  readonly required?: boolean;
  readonly location?: 'path' | 'query';
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  /** Ids of the methods that demand it. */
  readonly annotations?: { readonly required?: readonly string[] };
}

export interface Method {
  /** As `compute.instances.insert`. */
  readonly id: string;
  readonly httpMethod: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly request?: Schema;
  readonly response?: Schema;
}

export interface Description {
  /** As `/compute/v1/`. */
  readonly basePath: string;
  readonly revision: string;
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly resources: Readonly<Record<string, { readonly methods?: Readonly<Record<string, Method>> }>>;
}

export interface Match {
  readonly method: Method;
  /** From the path. */
  readonly place: Readonly<Record<string, string>>;
}

/** Finds the method of a request. Where two fit, as `images/family` beside `images/{image}`, the one with more fixed parts is meant. */
export class Methods {
  readonly #routes: readonly { readonly method: Method; readonly parts: readonly string[] }[];
  readonly #base: string;

  constructor(description: Description) {
    this.#base = description.basePath;
    this.#routes = Object.values(description.resources)
      .flatMap(({ methods = {} }) => Object.values(methods))
      .map((method) => ({ method, parts: method.path.split('/') }))
      .sort((a, b) => fixed(b.parts) - fixed(a.parts));
  }

  find(verb: string, path: string): Match | undefined {
    if (!path.startsWith(this.#base)) return undefined;
    const given = path.slice(this.#base.length).split('/').map(decodeURIComponent);
    for (const { method, parts } of this.#routes) {
      if (method.httpMethod !== verb || parts.length !== given.length) continue;
      if (!parts.every((part, i) => part === given[i] || (part.startsWith('{') && given[i] !== ''))) continue;
      const place = parts.flatMap((part, i) => (part.startsWith('{') ? [[part.slice(1, -1), given[i] ?? ''] as const] : []));
      return { method, place: Object.fromEntries(place) };
    }
    return undefined;
  }
}

function fixed(parts: readonly string[]): number {
  return parts.filter((part) => !part.startsWith('{')).length;
}
