import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import type { Config } from '../config.js';
import { codeOf } from '../errors.js';
import { detachAddress } from '../network/elastic.js';
import { whileUnseen } from './list.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';

export interface Terminating {
  readonly config: Config;
  readonly ctx: Pick<DriverContext, 'io' | 'signal'>;
  readonly ec2: Ec2;
  readonly pace: Pace;
  /** It was made a moment ago, so EC2 may not find it yet. */
  readonly isFresh: boolean;
}

/** Ends an instance. @throws TsmachineError when it is protected: nothing of ours takes a protection away */
export async function terminate(id: string, { config, ctx, ec2, pace, isFresh }: Terminating): Promise<void> {
  await detachAddress(config, ec2);
  ctx.io.debug(`Terminating ${id}`);
  try {
    await whileUnseen(() => ec2.call('TerminateInstances', { InstanceIds: [id] }), { pace, signal: ctx.signal, isFresh });
  } catch (error) {
    if (codeOf(error) !== 'OperationNotPermitted' || !TsmachineError.is(error)) throw error;
    const command = `aws ec2 modify-instance-attribute --region ${ec2.place.region} --instance-id ${id} --no-disable-api-termination`;
    throw new TsmachineError(
      error.code,
      `${error.message}\n  It is protected (--amazonec2-termination-protection). To allow it: ${command}`,
      {
        cause: error.cause,
      },
    );
  }
}
