import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { tsmachine, type CliOptions, type CliResult } from '../../helpers/cli.js';
import { Service } from '../../stand-ins/virtualbox/service.js';

/** Nothing of the person who runs the tests counts. */
const nobody = {
  SSH_AUTH_SOCK: '',
  HTTP_PROXY: '',
  http_proxy: '',
  HTTPS_PROXY: '',
  https_proxy: '',
  ALL_PROXY: '',
  all_proxy: '',
  NO_PROXY: '',
  no_proxy: '',
};

/** A store, and a VirtualBox with imagined guests, driven by the built command line. */
export class Playground {
  readonly store: string;
  /** Passes for the disk of a cloud image. */
  readonly image: string;
  env: NodeJS.ProcessEnv;

  private constructor(
    readonly dir: string,
    readonly vbox: Service,
  ) {
    this.store = join(dir, 'store');
    this.image = join(dir, 'image.raw');
    this.env = { ...nobody, HOME: dir, ...vbox.env };
    writeFileSync(this.image, 'x');
    truncateSync(this.image, 2 ** 20);
  }

  static async open(): Promise<Playground> {
    const dir = mkdtempSync(join(tmpdir(), 'tsm-vbox-'));
    return new Playground(dir, await Service.open(dir));
  }

  async close(): Promise<void> {
    await this.vbox.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  run(args: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> {
    return tsmachine(args, { store: this.store, env: this.env, ...options });
  }

  /** `create` of a machine of its own image, unless the words name another. */
  create(
    words: readonly string[],
    { checkVtx = false, ...options }: Partial<CliOptions> & { checkVtx?: boolean } = {},
  ): Promise<CliResult> {
    const image = words.includes('--virtualbox-image') ? [] : ['--virtualbox-image', this.image];
    return this.run(['create', '-d', 'virtualbox', ...(checkVtx ? [] : ['--virtualbox-no-vtx-check']), ...image, ...words], options);
  }

  /** Names of machines in the store. */
  machines(): string[] {
    const folder = join(this.store, 'machines');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Files below the cache. */
  cached(): string[] {
    const folder = join(this.store, 'cache');
    return existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((one) => one.isFile())
          .map(({ name }) => name)
          .sort()
      : [];
  }

  /** Nobody knows of a machine any more: VirtualBox, the store, the list of processes. What is cached is complete. */
  expectNothing(): void {
    expect(this.vbox.left(), 'VirtualBox').to.deep.equal([]);
    expect(this.machines(), 'machines').to.deep.equal([]);
    expect(this.vbox.open, 'calls of VBoxManage that go on').to.equal(0);
    expect(
      this.cached().filter((name) => /part|tmp|lock/.test(name)),
      'unfinished files of the cache',
    ).to.deep.equal([]);
  }

  /** `rm -y` succeeds and leaves nothing. */
  async removed(name = 'm1'): Promise<void> {
    const { code, stderr } = await this.run(['rm', '-y', name]);
    expect(code, stderr).to.equal(0);
    this.expectNothing();
  }
}
