import { accessSync, constants, readFileSync } from 'node:fs';

/**
 * How QEMU runs the guest's code: `kvm` where the processor helps, else `tcg`, which is some ten times slower. A /dev/kvm without such a
 * processor is not enough: it does not get a guest through its boot loader. VBOX_STAND_IN_ACCELERATOR decides otherwise.
 */
export function accelerator(env: NodeJS.ProcessEnv = process.env): string {
  const wanted = env['VBOX_STAND_IN_ACCELERATOR'];
  if (wanted !== undefined && wanted !== '') return wanted;
  return /^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')) && isOpen('/dev/kvm') ? 'kvm' : 'tcg';
}

function isOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
