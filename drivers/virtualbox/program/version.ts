import { TsmachineError } from '../../../src/base/errors.js';
import type { Version } from '../api.js';

/** `7.2.22_Debianr175245`; warnings about the kernel module may come before it. */
export function parseVersion(output: string): Version | undefined {
  const [, text = '', major, minor, patch] = /^((\d+)\.(\d+)\.(\d+)\S*)/m.exec(output) ?? [];
  return major === undefined
    ? undefined
    : { text, major: Number(major), minor: Number(minor), patch: Number(patch), withoutModule: /^WARNING: .*vboxdrv/m.test(output) };
}

export function isAtLeast({ major, minor, patch }: Version, wanted: readonly [number, number, number]): boolean {
  return (major - wanted[0] || minor - wanted[1] || patch - wanted[2]) >= 0;
}

/** @throws TsmachineError DRIVER_PRECHECK for a VirtualBox before 5.0 */
export function checkVersion(version: Version): void {
  if (version.major >= 5) return;
  throw new TsmachineError(
    'DRIVER_PRECHECK',
    `We support Virtualbox starting with version 5. Your VirtualBox install is ${JSON.stringify(version.text)}. ` +
      'Please upgrade at https://www.virtualbox.org',
  );
}

/** VirtualBox 7 writes `--nat-dns-proxy1` where those before have `--natdnsproxy1`. Arguments that are no options stay as they are. */
export function spelled(args: readonly string[], version: Version): readonly string[] {
  if (version.major >= 7 || !isSpelledByVersion(args)) return args;
  return args.map((word, index) => (index > 1 && /^--[a-z]/.test(word) ? `--${word.slice(2).replaceAll('-', '')}` : word));
}

/** Only the options of modifyvm were renamed. */
export function isSpelledByVersion(args: readonly string[]): boolean {
  return args[0] === 'modifyvm';
}
