import type { VBoxManage } from '../api.js';
import { extraData } from '../program/extra-data.js';

/** Marks an interface that tsmachine made, in VirtualBox's own settings, with the id of the store that made it; in older versions `1`. */
const prefix = 'tsmachine/hostonly/';
const markOf = (name: string) => `${prefix}${name}`;
const isMark = (value: string | undefined) => value !== undefined && /^(1|[0-9a-f-]{36})$/.test(value);

/** An interface that carries the mark. */
export interface Marked {
  readonly name: string;
  /** The store that made it; undefined in older versions. */
  readonly store: string | undefined;
}

export async function isOurs(name: string, vbox: VBoxManage): Promise<boolean> {
  return isMark(await globalData(markOf(name), vbox));
}

/** Names that carry the mark, also of an interface that is gone. */
export async function markedNames(vbox: VBoxManage): Promise<string[]> {
  return markedIn(extraData(await vbox.run(['getextradata', 'global', 'enumerate']))).map(({ name }) => name);
}

/** @param global VirtualBox's own settings */
export function markedIn(global: ReadonlyMap<string, string>): Marked[] {
  return [...global].flatMap(([key, value]) =>
    key.startsWith(prefix) && isMark(value) ? [{ name: key.slice(prefix.length), store: value === '1' ? undefined : value }] : [],
  );
}

export async function mark({ name, store }: Marked, vbox: VBoxManage): Promise<void> {
  await setGlobalData(markOf(name), store ?? '1', vbox);
}

export async function unmark(name: string, vbox: VBoxManage): Promise<void> {
  await setGlobalData(markOf(name), undefined, vbox);
}

/** The value of a key in VirtualBox's own settings. */
export async function globalData(key: string, vbox: VBoxManage): Promise<string | undefined> {
  return /^Value: (.*?)\s*$/m.exec(await vbox.run(['getextradata', 'global', key]))?.[1];
}

export async function setGlobalData(key: string, value: string | undefined, vbox: VBoxManage): Promise<void> {
  await vbox.run(['setextradata', 'global', key, ...(value === undefined ? [] : [value])]);
}
