import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isoImage } from '../../src/guest/iso/image.js';
import type { FlagValues } from '../../src/base/flags.js';
import { Bench } from '../unit/drivers/virtualbox/bench.js';

const subcommands = new Set([
  'vms',
  'hdds',
  'dvds',
  'hostonlyifs',
  'dhcpservers',
  'create',
  'ipconfig',
  'remove',
  'add',
  'modify',
  'findlease',
  'disk',
  'dvd',
  'get',
  'set',
  'delete',
  'global',
  'resume',
  'acpipowerbutton',
  'poweroff',
]);

/** A call without what differs from machine to machine: its command and the names of its options. */
export function shape(call: string): string {
  const [command = '', ...words] = call.split(' ');
  return [command, ...words.filter((word) => subcommands.has(word) || /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''))].join(
    ' ',
  );
}

/** The shapes of every call that the driver makes of a machine in memory, from create to rm, in all the ways it can be made and found. */
export async function shapesOfTheDriver(): Promise<Set<string>> {
  const iso = (bench: Bench) => {
    const path = join(bench.dir, 'b2d.iso');
    writeFileSync(path, isoImage('Boot2Docker-v1', [], new Date(0)));
    return path;
  };
  const lives = await Promise.all([
    live(() => ({}), powerCycle),
    live(() => ({}), loseAddress),
    live(() => ({ 'virtualbox-nat-only': true, 'virtualbox-no-share': true }), powerCycle),
    live((bench) => ({ 'virtualbox-image': vmdk(bench) })),
    live((bench) => ({ 'virtualbox-boot2docker-url': iso(bench) })),
  ]);
  return new Set(lives.flat().map(shape));
}

async function live(flags: (bench: Bench) => FlagValues, then: (bench: Bench) => Promise<void> = async () => {}): Promise<string[]> {
  const bench = new Bench();
  await bench.parse(flags(bench));
  await bench.driver.precheck(bench.data, bench.ctx);
  await bench.create();
  await then(bench);
  await bench.driver.remove(bench.data, bench.ctx);
  return bench.calls;
}

async function powerCycle(bench: Bench): Promise<void> {
  await bench.driver.stop(bench.data, bench.ctx);
  bench.computer = {
    ...bench.computer,
    freePort: (wanted = 0) => Promise.resolve(wanted === bench.data['SSHPort'] ? undefined : wanted || 50_000),
  };
  await bench.driver.start(bench.data, bench.ctx);
  const [vm] = Object.values(bench.world.vms);
  for (const state of ['paused', 'saved'] as const) {
    if (vm) vm.state = state;
    await bench.driver.start(bench.data, bench.ctx);
  }
  await bench.driver.kill(bench.data, bench.ctx);
  if (vm) vm.state = 'saved';
}

async function loseAddress(bench: Bench): Promise<void> {
  await bench.driver.kill(bench.data, bench.ctx);
  for (const one of Object.values(bench.world.interfaces)) Object.assign(one, { ip: '', mask: '' });
  for (const one of Object.values(bench.world.dhcp)) one.enabled = false;
  await bench.driver.start(bench.data, bench.ctx);
}

/** A disk of VirtualBox's other kind, which it copies instead of converting. */
function vmdk(bench: Bench): string {
  const path = join(bench.dir, 'disk.vmdk');
  writeFileSync(path, Buffer.concat([Buffer.from('KDMV'), Buffer.alloc(2 ** 20)]));
  return path;
}
