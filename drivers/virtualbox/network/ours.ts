import type { VBoxManage } from '../api.js';
import { extraData } from '../program/extra-data.js';

/** Marks the interfaces that tsmachine made, in VirtualBox's own settings. */
const prefix = 'tsmachine/hostonly/';
const markOf = (name: string) => `${prefix}${name}`;

export async function isOurs(name: string, vbox: VBoxManage): Promise<boolean> {
  return (await globalData(markOf(name), vbox)) === '1';
}

/** Names that carry the mark, also of an interface that is gone. */
export async function markedNames(vbox: VBoxManage): Promise<string[]> {
  return markedIn(extraData(await vbox.run(['getextradata', 'global', 'enumerate'])));
}

/** @param global VirtualBox's own settings */
export function markedIn(global: ReadonlyMap<string, string>): string[] {
  return [...global].flatMap(([key, value]) => (key.startsWith(prefix) && value === '1' ? [key.slice(prefix.length)] : []));
}

export async function mark(name: string, vbox: VBoxManage): Promise<void> {
  await setGlobalData(markOf(name), '1', vbox);
}

export async function unmark(name: string, vbox: VBoxManage): Promise<void> {
  await setGlobalData(markOf(name), undefined, vbox);
}

/** What stands under a key of VirtualBox's own settings. */
export async function globalData(key: string, vbox: VBoxManage): Promise<string | undefined> {
  return /^Value: (.*?)\s*$/m.exec(await vbox.run(['getextradata', 'global', key]))?.[1];
}

export async function setGlobalData(key: string, value: string | undefined, vbox: VBoxManage): Promise<void> {
  await vbox.run(['setextradata', 'global', key, ...(value === undefined ? [] : [value])]);
}
