import { attach, createVm, listVms, listVmsAtLength, machineReadable, modifyVm, openVm, storageController } from './vms.js';
import { cloneMedium, closeMedium, convertFromRaw, createMedium, describe, modifyMedium, showMedium } from './media.js';
import { dhcpServer, hostOnlyIf, listDhcpServers, listHostOnlyIfs } from './networks.js';
import { Refusal, type World } from './state.js';

/** What VBoxManage prints on standard output for a call that starts and ends no VM. @throws Refusal */
export function simple(world: World, command: string, words: readonly string[]): string {
  const dashes = Number(world.version.split('.')[0]) >= 7;
  switch (command) {
    case '--version':
      return `${world.version}\n`;
    case 'list':
      return list(world, words);
    case 'createvm':
      return createVm(world, words);
    case 'modifyvm':
      return modifyVm(world, words, dashes);
    case 'showvminfo':
      return machineReadable(openVm(world, words[0] ?? ''));
    case 'storagectl':
      return storageController(world, words);
    case 'storageattach':
      return attach(world, words);
    case 'convertfromraw':
      return convertFromRaw(words);
    case 'createmedium':
      return createMedium(world, words);
    case 'clonemedium':
      return cloneMedium(world, words);
    case 'modifymedium':
      return modifyMedium(world, words);
    case 'showmediuminfo':
      return showMedium(world, words);
    case 'closemedium':
      return closeMedium(world, words);
    case 'hostonlyif':
      return hostOnlyIf(world, words);
    case 'dhcpserver':
      return dhcpServer(world, words);
    case 'setextradata':
    case 'getextradata':
      return extraData(world, command, words);
    case 'guestproperty':
      return 'No value set!\n';
    case 'discardstate':
      openVm(world, words[0] ?? '').state = 'poweroff';
      return '';
    case 'sharedfolder':
      openVm(world, words[1] ?? '').shares[words[3] ?? ''] = words[5] ?? '';
      return '';
    default:
      throw new Refusal(`Invalid command '${command}'`, 2);
  }
}

function list(world: World, words: readonly string[]): string {
  const what = words.at(-1) ?? '';
  const media = (kind: string) =>
    Object.entries(world.media)
      .filter(([, one]) => one.kind === kind)
      .map(([path, one]) => `${describe(path, one)}\n`)
      .join('');
  switch (what) {
    case 'vms':
      return words.includes('--long') ? listVmsAtLength(world) : listVms(world);
    case 'hdds':
      return media('disk');
    case 'dvds':
      return media('dvd');
    case 'hostonlyifs':
      return listHostOnlyIfs(world);
    case 'dhcpservers':
      return listDhcpServers(world);
    default:
      throw new Refusal(`Unknown subcommand "${what}".`, 2);
  }
}

function extraData(world: World, command: string, [name = '', key = '', value]: readonly string[]): string {
  const table = name === 'global' ? world.global : openVm(world, name).extra;
  if (command === 'getextradata' && key === 'enumerate')
    return Object.entries(table)
      .map(([one, text]) => `Key: ${one}, Value: ${text}\n`)
      .join('');
  if (command === 'getextradata') return table[key] === undefined ? 'No value set!\n' : `Value: ${table[key]}\n`;
  if (value === undefined) delete table[key];
  else table[key] = value;
  return '';
}
