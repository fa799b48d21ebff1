import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';

/** The image that an instance boots from, with what follows from it. */
export interface Image {
  readonly id: string;
  readonly name: string;
  /** Amazon's word: x86_64, arm64. */
  readonly architecture: string;
  /** Such as /dev/sda1. */
  readonly rootDevice: string;
  /** Of the root disk in GB: the least that a machine's disk may have. */
  readonly rootSize: number;
  /** The login that its cloud-init makes. */
  readonly sshUser: string;
}

/** The image for a machine. @throws TsmachineError FLAG_INVALID naming the flag */
export async function chooseImage(config: Config, ec2: Ec2): Promise<Image> {
  const { Images: images = [] } = await ec2.call('DescribeImages', { ImageIds: [config.ami] });
  const image = images[0];
  const id = image?.ImageId;
  if (image === undefined || id === undefined)
    throw new TsmachineError('FLAG_INVALID', `There is no image ${config.ami} (--amazonec2-ami)`);
  const rootDevice = image.RootDeviceName ?? '/dev/sda1';
  const root = image.BlockDeviceMappings?.find(({ DeviceName: name }) => name === rootDevice);
  return {
    id,
    name: image.Name ?? id,
    architecture: image.Architecture ?? 'x86_64',
    rootDevice,
    rootSize: root?.Ebs?.VolumeSize ?? 0,
    sshUser: config.sshUser,
  };
}
