/** What a driver's package may use of tsmachine: the contract, the kit, guests, and the small vocabulary of all of them. */
export type * from './contract.js';

export { TsmachineError, errorText, messageOf, systemCode, whyUnusable, type ErrorCode } from '../base/errors.js';
export { evaluate, join, lines, plain, run, say, type Command, type Sentence, type Text } from '../base/text.js';
export { quote } from '../base/quote.js';
export { unlessTimeout, waitFor, type WaitOptions } from '../base/wait.js';
export { forms, isDnsName, isHostName, isLoginName } from '../base/forms.js';
export { guestFiles, publicKeyOf } from '../base/guest.js';
export { jsonOrNothing, parseJson } from '../base/json.js';
export { nearest } from '../base/nearest.js';
export * as cidr from '../base/network/cidr.js';
export { networkOf } from '../base/network/ip-network.js';
export { parseExpectedKey } from '../base/ssh/host-key.js';
export { isJump } from '../base/ssh/jump-host.js';

export { bringIso, checkIso, isoOf } from '../guest/boot2docker/iso.js';
export { keyDisk } from '../guest/boot2docker/key-disk.js';
export { isoText } from '../guest/boot2docker/source.js';
export { checkSpace } from '../guest/computer.js';
export { writeFixedVhd } from '../guest/disk/fixed-vhd.js';
export { guestHostName } from '../guest/host-name.js';
export { cacheName } from '../guest/image/cache-name.js';
export { fetchImage, guestArchitecture, type GuestImage, type ImageRequest } from '../guest/image/fetch.js';
export { parseImageChoice, type ImageChoice } from '../guest/image/choice.js';
export { metaData } from '../guest/meta-data.js';
export { networkConfig, type GuestAdapter } from '../guest/network-config.js';
export { renewHostKey } from '../guest/host-key-renewal.js';
export { seedImage, type Seed } from '../guest/seed.js';
export { enginePackages, userData, type GuestMount, type GuestSettings } from '../guest/user-data.js';

export { baseData, intFlag, listFlag, numberOf, portFlag, textFlag, textOf } from './kit/data.js';
export * as rules from './kit/check.js';
export { baseRules, checkFields, type Rule } from './kit/check.js';
export * as cloud from './kit/cloud/index.js';
export { isoUpgrade } from './kit/iso-upgrade.js';
export { once } from './kit/turns.js';
export {
  conformanceRules,
  runDriverConformance,
  type Around,
  type ConformanceOptions,
  type ConformanceRule,
  type ConformanceWorld,
  type WorldMachine,
} from './kit/conformance.js';
export { MemoryMachine, memoryAccount, type ContextParts } from './kit/memory-context.js';
