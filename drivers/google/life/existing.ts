import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import { ownPatch } from '../../../src/driver/kit/cloud/flags/own.js';
import type { Gce } from '../api.js';
import { loginKey, sshKeyLine } from '../access/boot.js';
import { ended, type Waiting } from '../call/operations.js';
import { isOutdated } from '../call/refused.js';
import type { Instance, MetadataItem } from '../call/resources.js';
import { readConfig, type Config, type Own } from '../config.js';
import { instanceAt } from './instance.js';
import { idOf } from './launch.js';
import { reached, startInstance } from './power.js';

interface Taking {
  readonly ctx: DriverContext;
  readonly waiting: Waiting;
}

/** The VM that a machine takes over. @throws TsmachineError FLAG_INVALID when there is none */
export async function existing({ machineName, zone }: Config, gce: Gce): Promise<Instance> {
  const there = await instanceAt(gce, idOf(zone, machineName));
  if (there) return there;
  throw new TsmachineError('FLAG_INVALID', `unable to find instance "${machineName}" in zone "${zone}"`, {
    hint: 'The machine must have the name of the VM; give --google-zone, or leave --google-use-existing out',
  });
}

/** Takes a VM that is there: it learns this machine's key, and nothing else of it is changed. */
export async function takeExisting({ ctx, waiting }: Taking): Promise<void> {
  const config = readConfig(ctx.data());
  const line = sshKeyLine(config, await loginKey(config, ctx));
  const there = await changeKeys(config, waiting, (keys) => (keys.includes(line) ? keys : [...keys, line]));
  await ctx.keep(ownPatch<Own>(ctx.data(), { instanceId: there.id ?? '' }));
  if (there.status === 'RUNNING') await reached({ ctx, waiting }, idOf(config.zone, config.machineName), there);
  else await startInstance({ ctx, waiting });
}

/** Takes this machine's key out of the VM again, which itself stays. */
export async function leaveExisting({ ctx, waiting }: Taking): Promise<void> {
  const config = readConfig(ctx.data());
  const line = sshKeyLine(config, await loginKey(config, ctx));
  if (await instanceAt(waiting.gce, idOf(config.zone, config.machineName)))
    await changeKeys(config, waiting, (keys) => keys.filter((key) => key !== line));
}

/** How often somebody else may change the metadata between our look and our change of it. */
const tries = 5;

async function changeKeys(config: Config, waiting: Waiting, change: (keys: readonly string[]) => readonly string[]): Promise<Instance> {
  const { gce } = waiting;
  const { zone, machineName: instance } = config;
  for (let tried = 1; ; tried += 1) {
    const there = await existing(config, gce);
    const { items = [], fingerprint } = there.metadata ?? {};
    const keys = keysIn(items);
    const wanted = change(keys);
    if (wanted === keys || wanted.join('\n') === keys.join('\n')) return there;
    const others = items.filter(({ key }) => key !== 'ssh-keys').map(({ key, value }) => ({ key, value }) as MetadataItem);
    const metadataResource = {
      ...(fingerprint === undefined ? {} : { fingerprint }),
      items: [...others, ...(wanted.length > 0 ? [{ key: 'ssh-keys', value: wanted.join('\n') }] : [])],
    };
    try {
      const operation = await gce.call('instances.setMetadata', { zone, instance, metadataResource });
      await ended({ operation, zone, action: 'instances.setMetadata' }, waiting);
      return there;
    } catch (error) {
      if (!isOutdated(error) || tried >= tries) throw error;
    }
  }
}

function keysIn(items: readonly MetadataItem[]): readonly string[] {
  const text = items.find(({ key }) => key === 'ssh-keys')?.value ?? '';
  return text.split('\n').filter((line) => line !== '');
}
