import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError, systemCode } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import { diskError } from '../system/files/disk-error.js';
import { makePrivateDir, readIfExists, unreadable, writeAtomic } from '../system/files/atomic.js';

/** The owner of a context, stored in its metadata. A context without one belongs to somebody else and is never touched. */
export interface ContextOwner {
  readonly machine: string;
  /** Root of the store. */
  readonly store: string;
}

export interface ContextTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface DockerContext {
  readonly name: string;
  /** `tcp://...` or `unix://...`; empty when the context has no docker endpoint. */
  readonly host: string;
  /** Absent for contexts that tsmachine did not create. */
  readonly owner?: ContextOwner;
}

/** The docker command line's own context store, read and written without docker. */
export interface ContextStore {
  list(): Promise<DockerContext[]>;
  find(name: string): Promise<DockerContext | undefined>;
  /** The PEM texts beside a context; undefined for the ones that are missing. */
  tls(name: string): Promise<Partial<ContextTls>>;
  write(context: DockerContext & { readonly owner: ContextOwner }, tls: ContextTls | undefined): Promise<void>;
  remove(name: string): Promise<void>;
  /** The context that docker uses when no environment variable names one; undefined for its default. */
  current(): Promise<string | undefined>;
  /** Makes docker use its default context again. */
  forgetCurrent(): Promise<void>;
}

const mark = 'tsmachine';
/** docker's own rule for names (`context name ... is invalid`). */
const allowed = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/;

export function isContextName(name: string): boolean {
  return allowed.test(name) && name !== 'default';
}

/**
 * Opens the contexts below docker's configuration folder (`~/.docker` or DOCKER_CONFIG). The layout is that of docker 19.03 and later:
 * `contexts/meta/<sha256 of the name>/meta.json` and `contexts/tls/<the same>/docker/*.pem`. Nothing is read or written yet.
 */
export function openContexts(configDir: string): ContextStore {
  const metaDir = join(configDir, 'contexts', 'meta');
  const tlsDir = join(configDir, 'contexts', 'tls');
  const configFile = join(configDir, 'config.json');
  const metaFile = (name: string) => join(metaDir, idOf(name), 'meta.json');
  const pemFiles = (name: string) => {
    const folder = join(tlsDir, idOf(name), 'docker');
    return { folder, ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  };
  const readConfig = async () => parseObject((await readIfExists(configFile)) ?? '{}', configFile);

  return {
    async list() {
      const found = await Promise.all((await folders(metaDir)).map((id) => read(join(metaDir, id, 'meta.json'))));
      return found.flatMap((context) => context ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    find: (name) => read(metaFile(name)),
    async tls(name) {
      const files = pemFiles(name);
      const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map((file) => readIfExists(file)));
      return { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
    },
    async write({ name, host, owner }, tls) {
      const files = pemFiles(name);
      if (tls) {
        await makePrivateDir(files.folder);
        await Promise.all((['ca', 'cert', 'key'] as const).map((role) => writeAtomic(files[role], tls[role], 0o600)));
      } else await removeFolder(join(tlsDir, idOf(name)));
      await makePrivateDir(join(metaDir, idOf(name)));
      const Metadata = { Description: `Docker machine ${owner.machine}`, [mark]: owner };
      await writeAtomic(
        metaFile(name),
        JSON.stringify({ Name: name, Metadata, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }),
        0o644,
      );
    },
    async remove(name) {
      await removeFolder(join(metaDir, idOf(name)));
      await removeFolder(join(tlsDir, idOf(name)));
    },
    async current() {
      const { currentContext: name } = await readConfig();
      return typeof name === 'string' && name !== '' ? name : undefined;
    },
    async forgetCurrent() {
      const { currentContext: _, ...rest } = await readConfig();
      await writeAtomic(configFile, JSON.stringify(rest, undefined, '\t'), 0o600);
    },
  };
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

async function read(file: string): Promise<DockerContext | undefined> {
  const text = await readIfExists(file);
  if (text === undefined) return undefined;
  const { Name: name, Metadata: metadata, Endpoints: endpoints } = parseObject(text, file);
  if (typeof name !== 'string') return undefined;
  const host = object(object(endpoints)['docker'])['Host'];
  const { machine, store } = object(object(metadata)[mark]);
  const owner = typeof machine === 'string' && typeof store === 'string' ? { owner: { machine, store } } : {};
  return { name, host: typeof host === 'string' ? host : '', ...owner };
}

function parseObject(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}: it is not JSON`, {
      cause,
      hint: 'docker cannot read it either: correct it, or move it away',
    });
  }
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}: it is not a JSON object`);
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function folders(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(error, dir);
  }
}

async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw diskError(error, 'Cannot remove', path);
  }
}
