import { TsmachineError } from '../../base/errors.js';

export interface Qcow2Header {
  readonly clusterBits: number;
  /** Bytes of the virtual disk. */
  readonly size: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
}

/** Incompatible features (bytes 72 to 79) by their bits; a dirty reference count (bit 0) does not matter to a reader. */
const features = ['dirty', 'corrupt', 'an external data file', 'a compression other than deflate', 'extended L2 entries'];

/**
 * Parses the header of a qcow2 disk (qemu docs/interop/qcow2).
 * @throws TsmachineError DRIVER_PRECHECK when it is not a qcow2 disk, or uses features that cloud images do not use
 */
export function parseHeader(bytes: Buffer, path: string): Qcow2Header {
  if (bytes.length < 72 || bytes.toString('latin1', 0, 4) !== 'QFI\xfb') throw unusable(path, 'is not a qcow2 disk');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw unusable(path, `is a qcow2 disk of version ${version}`);
  if (bytes.readBigUInt64BE(8) !== 0n) throw unusable(path, 'has a backing file');
  if (bytes.readUInt32BE(32) !== 0) throw unusable(path, 'is encrypted');
  if (version === 3) checkFeatures(bytes.readBigUInt64BE(72), path);
  const clusterBits = bytes.readUInt32BE(20);
  const size = Number(bytes.readBigUInt64BE(24));
  const l1Entries = bytes.readUInt32BE(36);
  const perL1 = 2 ** (2 * clusterBits - 3);
  if (clusterBits < 9 || clusterBits > 21 || !Number.isSafeInteger(size) || l1Entries > 2 ** 22 || l1Entries * perL1 < size) {
    throw unusable(path, 'has a damaged header');
  }
  return { clusterBits, size, l1Entries, l1Offset: Number(bytes.readBigUInt64BE(40)) };
}

function checkFeatures(bits: bigint, path: string): void {
  for (let bit = 1; bit < 64; bit++) {
    if (((bits >> BigInt(bit)) & 1n) === 1n) throw unusable(path, `uses an unsupported feature: ${features[bit] ?? `feature ${bit}`}`);
  }
}

export function unusable(path: string, why: string): TsmachineError {
  return new TsmachineError('DRIVER_PRECHECK', `The image ${path} ${why}`, { hint: 'Convert it: qemu-img convert -O raw' });
}
