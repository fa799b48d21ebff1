import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';

import { drop, fill, layer, resize } from './qemu/content.js';
import { Refusal, tell, type Medium, type World } from './state.js';
import { read } from './words.js';

const megabyte = 2 ** 20;
/** What a disk made here begins with; the rest of it is nobody's business. */
const mark = '\x7fstand-in disk ';
const progress = '0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%\n';

/** Puts a file on the list of media, as opening it does. */
export function register(world: World, path: string, kind: Medium['kind']): Medium {
  if (!existsSync(path)) throw new Refusal(`Could not find file for the medium '${path}' (VERR_FILE_NOT_FOUND)`);
  const known = world.media[path];
  if (known) return known;
  const medium: Medium = readDisk(path) ?? {
    uuid: randomUUID(),
    kind,
    parent: '',
    format: kind === 'dvd' ? 'RAW' : 'VMDK',
    capacity: Math.ceil(statSync(path).size / megabyte),
  };
  if (medium.parent !== '' && !Object.values(world.media).some((one) => one.uuid === medium.parent)) {
    throw new Refusal(
      `Parent medium with UUID {${medium.parent}} of the medium '${path}' is not found in the media registry ('VirtualBox.xml')`,
    );
  }
  world.media[path] = medium;
  return medium;
}

function write(path: string, medium: Medium): void {
  writeFileSync(path, `${mark}${JSON.stringify(medium)}\n`);
}

export function convertFromRaw(args: readonly string[]): string {
  const {
    options,
    rest: [from = '', to = ''],
  } = read(args, { format: 1 }, true);
  tell(`Converting from raw image file="${from}" to file="${to}"...\n`);
  if (!existsSync(from)) throw new Refusal(`Cannot open file "${from}": VERR_FILE_NOT_FOUND`);
  if (existsSync(to)) throw new Refusal(`Cannot create image "${to}": VERR_ALREADY_EXISTS`);
  const { size } = statSync(from);
  tell(`Creating dynamic image with size ${size} bytes (${Math.ceil(size / megabyte)}MB)...\n`);
  const login = keyOn(from);
  const medium: Medium = {
    uuid: randomUUID(),
    kind: 'disk',
    parent: '',
    format: options.get('format') ?? 'VDI',
    capacity: Math.ceil(size / megabyte),
    ...(login === undefined ? {} : { login }),
  };
  fill(medium.uuid, from, 'raw');
  write(to, medium);
  return '';
}

/** What boot2docker finds on a disk that asks to be formatted. */
function keyOn(raw: string): string | undefined {
  const file = openSync(raw, 'r');
  try {
    const head = Buffer.alloc(4096);
    readSync(file, head, 0, head.length, 0);
    const text = head.toString('latin1');
    return text.startsWith('boot2docker, please format-me') ? /\.ssh\/authorized_keys\0[^]*?(ssh-\S+ \S+)/.exec(text)?.[1] : undefined;
  } finally {
    closeSync(file);
  }
}

/** Of a disk that was made here. */
export function readDisk(path: string): Medium | undefined {
  const head = readFileSync(path).subarray(0, 1000).toString('latin1');
  return head.startsWith(mark) ? (JSON.parse(head.slice(mark.length).split('\n')[0] ?? '') as Medium) : undefined;
}

export function createMedium(world: World, args: readonly string[]): string {
  const { options } = read(args.slice(1), { filename: 1, diffparent: 1 }, true);
  const path = options.get('filename') ?? '';
  if (existsSync(path)) throw new Refusal('Failed to create medium');
  const parent = register(world, options.get('diffparent') ?? '', 'disk');
  const medium: Medium = { uuid: randomUUID(), kind: 'disk', parent: parent.uuid, format: 'VDI', capacity: parent.capacity };
  layer(path, { path: options.get('diffparent') ?? '', uuid: parent.uuid });
  write(path, medium);
  world.media[path] = medium;
  tell(progress);
  return `Medium created. UUID: ${medium.uuid}\n`;
}

export function cloneMedium(world: World, args: readonly string[]): string {
  const {
    options,
    rest: [from = '', to = ''],
  } = read(args.slice(1), { format: 1 }, true);
  const source = register(world, from, 'disk');
  const copy: Medium = { ...source, uuid: randomUUID(), parent: '', format: options.get('format') ?? source.format };
  fill(copy.uuid, from);
  write(to, copy);
  world.media[to] = copy;
  tell(progress);
  return `Clone medium created in format '${copy.format}'. UUID: ${copy.uuid}\n`;
}

export function modifyMedium(world: World, args: readonly string[]): string {
  const {
    options,
    rest: [path = ''],
  } = read(args.slice(1), { resize: 1 }, true);
  const medium = register(world, path, 'disk');
  const size = Number(options.get('resize'));
  if (size < medium.capacity) throw new Refusal('Shrinking is not yet supported for medium');
  resize(path, medium.uuid, size);
  medium.capacity = size;
  tell(progress);
  return '';
}

export function showMedium(world: World, args: readonly string[]): string {
  const path = args.at(-1) ?? '';
  return describe(path, register(world, path, 'disk'));
}

export function describe(path: string, { uuid, parent, format, capacity }: Medium): string {
  return (
    `UUID:           ${uuid}\nParent UUID:    ${parent || 'base'}\nState:          created\nType:           normal (${parent ? 'differencing' : 'base'})\n` +
    `Location:       ${path}\nStorage format: ${format}\nCapacity:       ${capacity} MBytes\nEncryption:     disabled\n`
  );
}

export function closeMedium(world: World, args: readonly string[]): string {
  const {
    options,
    rest: [kind = '', name = ''],
  } = read(args, { delete: 0 }, true);
  const path = Object.keys(world.media).find((one) => one === name || world.media[one]?.uuid === name) ?? name;
  const medium = world.media[path] ?? register(world, path, kind === 'dvd' ? 'dvd' : 'disk'); // one on the list may have lost its file
  if (options.has('delete') && !existsSync(path))
    throw new Refusal(`Could not delete the medium storage unit '${path}'. (VERR_FILE_NOT_FOUND)`);
  const children = Object.values(world.media).filter((one) => one.parent === medium.uuid);
  if (children.length > 0) throw new Refusal(`Cannot close medium '${path}' because it has ${children.length} child media`);
  const user = Object.values(world.vms).find((vm) => Object.values(vm.attached).includes(path));
  if (user)
    throw new Refusal(`Cannot delete storage: medium '${path}' is still attached to the following 1 virtual machine(s): ${user.uuid}`);
  delete world.media[path];
  if (options.has('delete')) {
    drop(path, medium.uuid);
    rmSync(path);
  }
  return '';
}
