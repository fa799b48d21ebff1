import { terminator, volumeDescriptor } from './descriptor.js';
import { pathTable, rootDirectory, rootRecord, type Entry } from './directory.js';
import { sector, sectorsOf, ucs2 } from './fields.js';

export interface IsoFile {
  /** At most 64 characters. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** The sectors of the fixed parts; the files follow. The first sixteen sectors are reserved for the system and stay empty. */
const at = { primary: 16, joliet: 17, end: 18, tables: [19, 20], jolietTables: [21, 22], root: 23, jolietRoot: 24, files: 25 } as const;

/**
 * An ISO 9660 image with Joliet names, all files in its root. The same arguments give the same bytes.
 * Its primary names have the 8.3 form; Linux, Windows and xorriso read the Joliet names.
 * @throws RangeError for more or longer names than fit in one directory sector
 */
export function isoImage(label: string, files: readonly IsoFile[], date: Date): Buffer {
  let next: number = at.files;
  const placed = files.map(({ name, content }) => {
    if (name.length > 64) throw new RangeError(`The name ${name} is longer than Joliet allows`);
    const start = next;
    next += sectorsOf(content.length);
    return { name, content, start };
  });
  const image = Buffer.alloc(next * sector);
  const put = (bytes: Uint8Array, start: number) => {
    image.set(bytes, start * sector);
  };
  const entries = (nameOf: (name: string) => Buffer): Entry[] =>
    placed.map(({ name, content, start }) => ({ name: nameOf(name), start, size: content.length }));

  const volume = { label, sectors: next, pathTableSize: pathTable(at.root, false).length, date };
  put(volumeDescriptor({ ...volume, joliet: false, pathTables: at.tables, root: rootRecord(at.root, date) }), at.primary);
  put(volumeDescriptor({ ...volume, joliet: true, pathTables: at.jolietTables, root: rootRecord(at.jolietRoot, date) }), at.joliet);
  put(terminator(), at.end);
  [at.tables, at.jolietTables].forEach((tables, index) => {
    const root = index === 0 ? at.root : at.jolietRoot;
    put(pathTable(root, false), tables[0]);
    put(pathTable(root, true), tables[1]);
  });
  put(rootDirectory(at.root, entries(shortNames(files)), date), at.root);
  put(rootDirectory(at.jolietRoot, entries(ucs2), date), at.jolietRoot);
  for (const { content, start } of placed) put(content, start);
  return image;
}

/** Names in the form of the primary volume: `USERDATA.;1`, `METADATA.;1`, with a number where truncated names would be equal. */
function shortNames(files: readonly IsoFile[]): (name: string) => Buffer {
  const taken = new Map<string, string>();
  for (const { name } of files) {
    const stem = name.toUpperCase().replace(/[^A-Z0-9_]/g, '');
    let short = stem.slice(0, 8);
    for (let number = 1; [...taken.values()].includes(short); number++) short = `${stem.slice(0, 8 - String(number).length)}${number}`;
    taken.set(name, short);
  }
  return (name) => Buffer.from(`${taken.get(name) ?? name}.;1`, 'latin1');
}
