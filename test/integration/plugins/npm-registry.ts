import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { pack, type Header } from 'tar-stream';

/** A file of a tarball, or an entry of another kind. */
export type Entry = Omit<Partial<Header>, 'size'> & { readonly name: string; readonly text?: string };

/** A tarball as `npm pack` makes it, or as an attacker would. */
export async function tarball(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text, ...header } of entries) archive.entry(header, text ?? '');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

export const digestOf = (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** npm's registry, as far as its public interface is asked: documents of packages, and tarballs. */
export class NpmRegistry {
  readonly #server: Server;
  /** By name and version. */
  readonly #releases = new Map<string, Map<string, { readonly bytes: Buffer; readonly integrity: string | undefined }>>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '/');
      const [, file] = /^\/files\/(.+)\.tgz$/.exec(path) ?? [];
      const at = (file ?? '').lastIndexOf('@');
      const release = file === undefined ? undefined : this.#releases.get(file.slice(0, at))?.get(file.slice(at + 1));
      const versions = this.#releases.get(path.slice(1));
      if (release) response.end(release.bytes);
      else if (versions) response.end(JSON.stringify(this.#document(path.slice(1), versions)));
      else response.writeHead(404).end();
    });
  }

  static async start(): Promise<NpmRegistry> {
    const registry = new NpmRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** @param integrity what the registry says of it; null: nothing */
  publish(name: string, version: string, bytes: Buffer, integrity: string | null = digestOf(bytes)): void {
    const versions = this.#releases.get(name) ?? new Map<string, { bytes: Buffer; integrity: string | undefined }>();
    versions.set(version, { bytes, integrity: integrity ?? undefined });
    this.#releases.set(name, versions);
  }

  clear(): void {
    this.#releases.clear();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #document(name: string, versions: ReadonlyMap<string, { readonly integrity: string | undefined }>): object {
    const all = [...versions].map(([version, { integrity }]) => {
      return [
        version,
        { name, version, dist: { tarball: `${this.address}files/${encodeURIComponent(`${name}@${version}`)}.tgz`, integrity } },
      ];
    });
    return { name, 'dist-tags': { latest: [...versions.keys()].at(-1) }, versions: Object.fromEntries(all) as object };
  }
}
