import type { Ec2 } from '../api.js';
import { codeOf } from '../errors.js';

/** The end of the serial console; empty while EC2 has nothing. Old types do not know the newest output, only that of the last boot. */
export async function readConsole(ec2: Ec2, id: string): Promise<string> {
  if (id === '') return '';
  try {
    return decoded(await ec2.call('GetConsoleOutput', { InstanceId: id, Latest: true }));
  } catch (error) {
    if (!/^(UnsupportedOperation|InvalidParameter\w*)$/.test(codeOf(error) ?? '')) throw error;
    return decoded(await ec2.call('GetConsoleOutput', { InstanceId: id }));
  }
}

function decoded({ Output: output = '' }: { readonly Output?: string | undefined }): string {
  return Buffer.from(output, 'base64').toString();
}
