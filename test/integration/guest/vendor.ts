import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Folders as Apache lists them on the vendors' servers. */
function listing(path: string, names: readonly string[]): string {
  const rows = names.map(
    (name) =>
      `<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="${name}">${name}</a></td>` +
      '<td align="right">2026-09-11 04:13  </td><td align="right">  - </td><td>&nbsp;</td></tr>',
  );
  return [
    '<!DOCTYPE HTML>',
    `<html><head><title>Index of ${path}</title></head><body><table>`,
    '<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>',
    '<tr><td><a href="/images/cloud/">Parent Directory</a></td></tr>',
    ...rows,
    '</table></body></html>',
    '',
  ].join('\n');
}

/**
 * A server with the folders of both vendors, as they are on the real ones, and images of a few hundred kilobytes. It knows ranges, and can
 * be told to cut answers off, to change a file, to lead elsewhere, or to be down.
 */
export class VendorServer {
  readonly requests: { path: string; range: string | undefined }[] = [];
  readonly files = new Map<string, Buffer>();
  /** Bytes after which the next answers with an image are cut off. */
  cuts: number[] = [];
  down = false;
  /** A page that answers for everything, as in a hotel. */
  portal = false;
  moved: string | undefined;
  private port = 0;
  private readonly server = createServer((request, response) => {
    this.answer(request, response);
  });

  async open(): Promise<void> {
    await new Promise<void>((done) => {
      this.server.listen(0, '127.0.0.1', done);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get sites(): { debian: string; ubuntu: string } {
    return { debian: `${this.origin}/images/cloud`, ubuntu: `${this.origin}/releases` };
  }

  /** Images that were asked for, by their names. */
  get fetched(): string[] {
    return this.requests.map(({ path }) => path.split('/').pop() ?? '').filter((name) => /\.(qcow2|raw|img|vmdk)$/.test(name));
  }

  debian(codename: string, version: string, build: string, disk: Buffer): void {
    const folder = `/images/cloud/${codename}/${build}`;
    const kinds = ['generic', 'genericcloud', 'nocloud'].flatMap((variant) =>
      ['amd64', 'arm64'].map((arch) => `debian-${version}-${variant}-${arch}-${build}`),
    );
    this.publish(
      folder,
      'SHA512SUMS',
      kinds.flatMap((stem) => [`${stem}.json`, `${stem}.qcow2`, `${stem}.raw`, `${stem}.tar.xz`]),
      disk,
      '  ',
    );
  }

  ubuntu(version: string, build: string, disk: Buffer): void {
    const stem = `ubuntu-${version}-server-cloudimg`;
    const names = [
      `${stem}-amd64.img`,
      `${stem}-amd64.vmdk`,
      `${stem}-amd64.ova`,
      `${stem}-amd64-azure.vhd.tar.gz`,
      `${stem}-arm64.img`,
      `${stem}-arm64.manifest`,
    ];
    this.publish(`/releases/${version}/${build}`, 'SHA256SUMS', names, disk, ' *');
  }

  private publish(folder: string, sums: string, names: readonly string[], disk: Buffer, between: string): void {
    const algorithm = sums === 'SHA512SUMS' ? 'sha512' : 'sha256';
    const lines = names.map((name) => {
      const content = Buffer.concat([disk, Buffer.from(name)]);
      this.files.set(`${folder}/${name}`, content);
      return `${createHash(algorithm).update(content).digest('hex')}${between}${name}\n`;
    });
    this.files.set(`${folder}/${sums}`, Buffer.from(lines.join('')));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.requests.push({ path, range: request.headers.range });
    if (this.down) return void response.writeHead(503).end('down');
    if (this.portal) return void response.writeHead(200).end('<html><body>Please log in</body></html>');
    if (this.moved !== undefined) return void response.writeHead(302, { location: `${this.moved}${path}` }).end();
    if (path.endsWith('/')) return this.list(path, response);
    const content = this.files.get(path);
    if (!content) return void response.writeHead(404).end('no');
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': part.length, etag: '"1"' });
    const cut = path.includes('SUMS') ? undefined : this.cuts.shift();
    if (cut === undefined) return void response.end(part);
    response.write(part.subarray(0, cut), () => {
      response.destroy();
    });
  }

  private list(path: string, response: ServerResponse): void {
    const below = [...this.files.keys()].filter((name) => name.startsWith(path)).map((name) => name.slice(path.length));
    const names = [...new Set(below.map((name) => name.replace(/\/.*/, '/')))];
    if (names.length === 0) return void response.writeHead(404).end('no');
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(listing(path, [...names, ...(/trixie\/$/.test(path) ? ['daily/', 'latest/'] : [])]));
  }
}
