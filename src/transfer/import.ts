import { readFile, stat } from 'node:fs/promises';

import type { ArchiveFile } from './archive/archive.js';
import { idIfReadable } from '../store/identity.js';
import type { Staging } from '../store/store.js';
import { attachDriver } from '../machine/machine.js';
import { writeAtomic } from '../system/files/atomic.js';
import { TsmachineError, messageOf, whyUnusable } from '../base/errors.js';
import { run, say } from '../base/text.js';
import { isHidden, machineFiles } from '../store/paths.js';
import { entryOf, readManifest } from './export-manifest.js';
import { placeMachine, type Arrival, type PlacedMachine } from './import-machine.js';
import { refuseOtherCase, validateName } from '../machine/choose/names.js';
import type { Session } from '../machine/session.js';

/** Bytes; more than any export of machines has. An export is read as a whole. */
const largest = 256 * 1024 * 1024;

export interface ImportRequest {
  readonly file: string;
  /** New names, by the names in the export. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Called only when the export is encrypted. */
  readonly passphrase?: () => Promise<string>;
}

/**
 * Takes every machine of an export into the store, or none of them. Nothing is written before the whole file is verified.
 * @returns the names the machines have here
 * @throws TsmachineError ARCHIVE_INVALID, ARCHIVE_PASSPHRASE, MACHINE_EXISTS, NAME_INVALID, USAGE, CONFIG_*, STORE_*
 */
export async function importMachines(session: Session, request: ImportRequest): Promise<string[]> {
  const { unseal } = await import('./archive/archive.js');
  const files = await unseal(await readExport(request.file), request.passphrase);
  const arrivals = arrivalsOf(files, request.renamed ?? {});
  const names = arrivals.map(({ to }) => to);
  for (const name of names) await requireFreeName(session, name);
  const machines: PlacedMachine[] = [];
  for (const arrival of arrivals) machines.push(await placeMachine(session, arrival));
  refuseSameId(machines);
  await session.store.stage(async (staging) => {
    for (const machine of machines) await unpack(staging, machine);
    session.signal.throwIfAborted();
    await lockAll(session, [...names].sort(), async () => {
      for (const name of names) await requireFreeName(session, name);
      await refuseKnownMachines(session, machines);
      await staging.publish(names);
      for (const machine of machines) await takeOver(session, machine);
    });
  });
  session.io.info(`Imported ${arrivals.map(({ from, to }) => (from === to ? to : `${from} as ${to}`)).join(', ')}`);
  return names;
}

async function readExport(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > largest) throw new TsmachineError('ARCHIVE_INVALID', `${file} is too large for an export (${size} bytes)`);
    return await readFile(file);
  } catch (error) {
    if (TsmachineError.is(error)) throw error;
    throw new TsmachineError('ARCHIVE_INVALID', `Cannot read ${file}: ${whyUnusable(error)}`, { cause: error });
  }
}

/** The machines of an export under their new names. @throws TsmachineError ARCHIVE_INVALID for an entry that belongs to none of them */
function arrivalsOf(files: readonly ArchiveFile[], renamed: Readonly<Record<string, string>>): Arrival[] {
  const [first, ...others] = files;
  if (!first) throw new TsmachineError('ARCHIVE_INVALID', 'The export is empty');
  const manifest = readManifest(first.content);
  const unknown = Object.keys(renamed).find((name) => !manifest.machines.some((machine) => machine.name === name));
  if (unknown !== undefined) {
    throw new TsmachineError('USAGE', `--name ${unknown}=...: the export holds no machine of that name`, {
      hint: `It holds: ${manifest.machines.map(({ name }) => name).join(', ')}`,
    });
  }
  const rest = new Map(others.map(({ path, content }) => [path, content]));
  const arrivals = manifest.machines.map(({ name, sshKey }) => {
    const to = renamed[name] ?? name;
    validateName(to);
    return { from: name, to, manifest, sshKey, files: takeFiles(rest, entryOf(name, '')) };
  });
  const [stray] = rest.keys();
  if (stray !== undefined) {
    throw new TsmachineError('ARCHIVE_INVALID', `The export holds ${JSON.stringify(stray)}, which belongs to none of its machines`);
  }
  for (const { from, files: own } of arrivals) for (const file of own.keys()) refuseReserved(from, file);
  refuseTwins(arrivals);
  return arrivals;
}

/** Removes from `rest` the files directly in a machine's folder, and returns them by name. */
function takeFiles(rest: Map<string, Buffer>, folder: string): Map<string, Buffer> {
  const own = [...rest].filter(([path]) => path.startsWith(folder) && !path.slice(folder.length).includes('/'));
  for (const [path] of own) rest.delete(path);
  return new Map(own.map(([path, content]) => [path.slice(folder.length), content]));
}

/** With a journal the machine would count as unfinished; tsmachine exports none. */
function refuseReserved(machine: string, file: string): void {
  if (file !== machineFiles.journal && file !== '' && !isHidden(file)) return;
  throw new TsmachineError('ARCHIVE_INVALID', `The export holds ${JSON.stringify(file)} of ${machine}, which tsmachine never exports`);
}

function refuseTwins(arrivals: readonly Arrival[]): void {
  const seen = new Map<string, string>();
  for (const { from, to } of arrivals) {
    const other = seen.get(to.toLowerCase());
    if (other !== undefined)
      throw new TsmachineError('USAGE', `${other} and ${from} cannot both be named ${to}`, { hint: '--name OLD=NEW' });
    seen.set(to.toLowerCase(), from);
  }
}

async function requireFreeName(session: Session, name: string): Promise<void> {
  if (await session.store.exists(name)) {
    throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${name}" already exists`, {
      hint: `Import it under another name: --name ${name}=NEW`,
    });
  }
  await refuseOtherCase(session.store, name);
}

/** One machine cannot be there twice: removing the one would remove the other. */
function refuseSameId(machines: readonly PlacedMachine[]): void {
  const ids = machines.flatMap(({ ledger }) => ledger?.id ?? []);
  if (new Set(ids).size === ids.length) return;
  throw new TsmachineError('ARCHIVE_INVALID', 'The export holds one machine under two names', { hint: 'Export the machines again' });
}

/** A ledger here that cannot be read is the other machine's trouble. */
async function refuseKnownMachines({ store }: Session, machines: readonly PlacedMachine[]): Promise<void> {
  const arriving = new Map(machines.flatMap(({ name, ledger }) => (ledger ? [[ledger.id, name] as const] : [])));
  if (arriving.size === 0) return;
  for (const other of await store.names()) {
    const id = await idIfReadable(store.machine(other).ledger);
    const name = id === undefined ? undefined : arriving.get(id);
    if (name === undefined) continue;
    throw new TsmachineError('MACHINE_EXISTS', `"${name}" of the export is in this store already: it is machine "${other}"`, {
      hint: say`Use it as it is: ${run('inspect', other)}`,
    });
  }
}

async function unpack(staging: Staging, { name, files }: PlacedMachine): Promise<void> {
  const { dir } = await staging.open(name);
  for (const { file, content, mode } of files) await writeAtomic(`${dir}/${file}`, content, mode);
}

/**
 * This store is the machine's owner from now on. A machine that cannot be labelled so is here all the same, and gc touches nothing that
 * carries another store's label.
 */
async function takeOver(session: Session, { name, config, ledger }: PlacedMachine): Promise<void> {
  try {
    const { driver, data, ctx, resources } = await attachDriver(session, config);
    if (ledger) await resources.owner();
    await driver.claim?.(data, ctx);
  } catch (error) {
    session.signal.throwIfAborted();
    if (TsmachineError.is(error) && error.code === 'DRIVER_UNKNOWN') return; // a warning said so
    session.io.warn(say`${name} is imported, but what was made for it is still labelled as another store's: ${messageOf(error)}`);
  }
}

/** Locks the names in the order given; with one order for all, two imports cannot wait for each other. */
function lockAll(session: Session, names: readonly string[], use: () => Promise<void>): Promise<void> {
  const [name, ...others] = names;
  if (name === undefined) return use();
  return session.store.lock(name, () => lockAll(session, others, use), { signal: session.signal });
}
