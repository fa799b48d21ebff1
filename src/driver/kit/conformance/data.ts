import assert from 'node:assert/strict';

import { TsmachineError } from '../../../base/errors.js';
import type { DriverData, FlagSpec, FlagValue } from '../../contract.js';
import { onStage, type Stage } from './stage.js';
import type { Rule } from './world.js';

export const flagsRoundTrip: Rule = {
  name: 'every flag is in the data or is secret, and the data outlives being written as JSON',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const machine = { name: 'm1', machineDir: `${stage.world.dir}/machines/m1` };
      const usual = await stage.parse(machine);
      assert.deepEqual(JSON.parse(JSON.stringify(usual)), usual, 'data after being written and read');
      for (const flag of stage.description.flags) {
        if (flag.secret) continue;
        assert.notDeepEqual(await parseOther(stage, machine, flag), usual, `--${flag.name} changes nothing in the data`);
      }
    }),
};

async function parseOther(stage: Stage, machine: { name: string; machineDir: string }, flag: FlagSpec): Promise<DriverData | undefined> {
  const value = otherValue(stage, flag);
  try {
    return await stage.parse(machine, { [flag.name]: value });
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'FLAG_MISSING') return undefined; // the data cannot be without it
    throw new Error(`--${flag.name} ${JSON.stringify(value)} was refused: give the world a valid sample of it`, { cause: error });
  }
}

function otherValue({ world }: Stage, { name, type, default: usual }: FlagSpec): FlagValue | undefined {
  const sample = world.samples?.[name];
  if (sample !== undefined) return sample;
  if (name in world.flags) return usual;
  switch (type) {
    case 'bool':
      return usual !== true;
    case 'int':
      return typeof usual === 'number' ? usual + 1 : 1;
    case 'strings':
      return ['other'];
    default:
      return 'other';
  }
}

export const secretsStayOut: Rule = {
  name: 'secrets stay out of the data, the ledger and what is said',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const secrets = Object.values(stage.world.secrets ?? {}).filter((value) => typeof value === 'string' && value.length > 3);
      const marked = stage.description.flags.filter(({ secret }) => secret).map(({ name }) => name);
      for (const name of marked)
        assert.ok(stage.world.secrets?.[name] !== undefined, `give the world a value of --${name}, which is secret`);
      const machine = await stage.machine();
      await stage.create(machine);
      await stage.driver.look(machine.memory.data, machine.ctx());
      const places = { data: machine.memory.data, ledger: machine.memory.entries, messages: stage.said };
      await stage.remove(machine);
      for (const secret of secrets)
        for (const [place, content] of Object.entries(places))
          assert.ok(!JSON.stringify(content).includes(String(secret)), `a secret is in the ${place}`);
    }),
};

export const checkAccepts: Rule = {
  name: 'check accepts what parse and create wrote, and what other versions wrote',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const machine = await stage.machine();
      const { machineDir, memory } = machine;
      stage.driver.check(memory.data, { machineDir });
      stage.driver.check({}, { machineDir });
      stage.driver.check({ ...memory.data, SomebodyElses: { field: [1] } }, { machineDir });
      await stage.create(machine);
      stage.driver.check(memory.data, { machineDir });
      for (const fixture of subject.options.fixtures ?? []) stage.driver.check(fixture.data, fixture);
    }),
};

export const checkRefuses: Rule = {
  name: 'check refuses hostile data and names the field',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const { memory, machineDir } = await stage.machine();
      await stage.create({ ...(stage.machines[0] as Stage['machines'][number]) });
      const missed: string[] = [];
      for (const [field, value] of hostile(memory.data, machineDir)) {
        const verdict = refusal(() => {
          stage.driver.check({ ...memory.data, [field]: value }, { machineDir });
        });
        if (verdict?.includes(`Driver.${field}`) !== true) missed.push(`${field}: ${JSON.stringify(value)} ${verdict ?? 'passed'}`);
      }
      assert.deepEqual(missed, []);
    }),
};

function refusal(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'CONFIG_UNREADABLE') return error.message;
    throw error;
  }
}

/** Values that no driver wrote, by field. */
function* hostile(data: DriverData, machineDir: string): Generator<readonly [field: string, value: unknown]> {
  yield* each('SSHUser', ['-oProxyCommand=x', 'root@host', 'a b']);
  yield* each('SSHPort', [99_999, -1]);
  yield* each('IPAddress', ['-oProxyCommand=x', 'a b/../c']);
  const keyPath = data['SSHKeyPath'];
  yield* each('SSHKeyPath', ['id_ed25519']);
  if (typeof keyPath === 'string' && keyPath.startsWith(machineDir)) {
    yield* each('SSHKeyPath', ['/root/.ssh/id_rsa', `${machineDir}/../another/id_ed25519`, `${machineDir}-2/id_ed25519`]);
  }
  for (const [field, value] of Object.entries(data)) {
    if (/(?:^|[a-z])I[dD]$/.test(field) && typeof value === 'string') yield* each(field, ['../x', 'a/b', '-x']);
    if (/Image$/.test(field)) yield* each(field, ['../x', 'a/../b']);
    if (/Port$/.test(field) && typeof value === 'number') yield* each(field, [99_999, -1, 1.5]);
    switch (typeof value) {
      case 'string':
        yield* each(field, [7, ['x'], { x: 1 }, 'a\u0000b', 'a\nb']);
        break;
      case 'number':
        yield* each(field, ['1', 1.5, true]);
        break;
      case 'boolean':
        yield* each(field, ['true', 1]);
        break;
      default:
        break;
    }
  }
}

function each(field: string, values: readonly unknown[]): (readonly [string, unknown])[] {
  return values.map((value) => [field, value] as const);
}
