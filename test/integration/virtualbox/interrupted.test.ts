import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { Fault } from '../../stand-ins/virtualbox/service.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';

interface Interruption {
  /** Of the call, from the start of the command. */
  readonly index: number;
  readonly call: string;
  readonly silence: Extract<Fault, string>;
  readonly ends: 'created' | 'removed';
}

/** Calls that only look. */
const looks = /^(--version|list|show|getextradata|guestproperty get|dhcpserver findlease)/;

/** A call without what is chosen anew in each run. */
const known = (call: string) =>
  call
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/\S+\/tsm-vbox-\w+/g, 'DIR')
    .split(' ')
    .slice(0, 2)
    .join(' ');

/** What VirtualBox finishes that was asked for it, also when nobody waits for the answer any more. */
const finishes = /^(createmedium|clonemedium|createvm|hostonlyif create|startvm)/;

/** Each call once, never heard by VirtualBox, and some obeyed: what stands after a call is what stands before the next. */
function interruptions(calls: readonly string[]): Interruption[] {
  let changes = 0;
  return calls.flatMap((call, index) => {
    const ends = looks.test(call) || (changes += 1) % 2 === 0 ? 'removed' : 'created';
    const one = { index, call: known(call), silence: 'hang', ends } as const;
    return finishes.test(call) ? [one, { ...one, silence: 'obey, then hang', ends: 'created' }] : [one];
  });
}

describe('virtualbox: Ctrl-C at each call of VBoxManage', () => {
  const lanes: Playground[] = [];

  before(async () => {
    for (let lane = 0; lane < 2; lane += 1) {
      const here = await Playground.open();
      here.vbox.guests = new Guests(lane);
      lanes.push(here);
    }
  });
  after(async () => {
    for (const here of lanes) await here.close();
  });

  /** Each time the image is converted anew. */
  const create = (here: Playground, words: readonly string[], options = {}) => {
    rmSync(join(here.store, 'cache', 'virtualbox'), { recursive: true, force: true });
    return here.create([...words, 'm1'], options);
  };
  /** The calls of a whole create that is not interrupted. */
  const callsOf = async (here: Playground, words: readonly string[]) => {
    const from = here.vbox.calls.length;
    const { code, stderr } = await create(here, words);
    expect(code, stderr).to.equal(0);
    const calls = here.vbox.calls.slice(from);
    await here.removed();
    return calls;
  };

  const interrupt = async (here: Playground, { index, call, silence, ends }: Interruption, words: readonly string[] = []) => {
    const from = here.vbox.calls.length;
    let pid = 0;
    let at = 0;
    here.vbox.fault = (given, position) => {
      if (position !== from + index) return undefined;
      expect(known(given)).to.equal(call);
      setTimeout(() => {
        at = performance.now();
        process.kill(pid, 'SIGINT');
      }, 10);
      return silence;
    };
    const { code, stderr } = await create(here, words, {
      onStart: (id: number) => {
        pid = id;
      },
    });
    here.vbox.fault = () => undefined;
    const what = `${silence} at call ${index}, ${call}: ${stderr}`;
    expect(code, what).to.equal(130);
    expect(performance.now() - at, what).to.be.lessThan(5000);
    expect(here.vbox.open, what).to.equal(0);
    if (here.machines().length === 0) {
      expect(stderr, what).to.match(/^Interrupted\nNothing was made\. Run the same command again to start over\n$/m);
      here.expectNothing();
      return;
    }
    expect(stderr, what).to.match(/^Interrupted\nRun the same command again to continue, or remove what was made: tsmachine rm -y m1\n$/m);
    if (ends === 'created') await finish(here, words, what);
    await here.removed();
  };

  const finish = async (here: Playground, words: readonly string[], what: string) => {
    const { code, stdout, stderr } = await create(here, words);
    expect(code, `${what}\n${stderr}`).to.equal(0);
    expect(stdout, what).to.contain('Continuing the interrupted creation of m1').and.to.contain('Docker is up and running!');
    expect(
      Object.values(here.vbox.world.vms).map(({ state }) => state),
      what,
    ).to.deep.equal(['running']);
    expect(Object.keys(here.vbox.world.interfaces), what).to.deep.equal(['vboxnet0']);
    expect(Object.keys(here.vbox.world.global), what).to.deep.equal(['tsmachine/hostonly/vboxnet0']);
  };

  it('of create: it ends at once and says how to go on; the second create has one VM and one interface, or rm leaves nothing', async function () {
    this.timeout(3 * 60_000);
    const [first] = lanes;
    if (!first) throw new Error('no lane');
    const whole = await callsOf(first, []);
    const started = whole.findIndex((call) => call.startsWith('startvm'));
    const calls = whole.slice(0, whole.indexOf('list hostonlyifs', started) + 1); // then the core waits, and looks now and then
    expect(calls.filter((call) => !looks.test(call))).to.have.length.greaterThan(15);
    const queue = interruptions(calls);
    await Promise.all(
      lanes.map(async (here) => {
        for (let next = queue.shift(); next; next = queue.shift()) await interrupt(here, next);
      }),
    );
  });

  it('of create while VirtualBox converts the image, which it then has on its list of media', async function () {
    this.timeout(60_000);
    const [here] = lanes;
    if (!here) throw new Error('no lane');
    const image = join(here.dir, 'image.vmdk');
    writeFileSync(image, 'KDMV');
    const words = ['--virtualbox-nat-only', '--virtualbox-image', image];
    const calls = await callsOf(here, words);
    const conversion = interruptions(
      calls.slice(
        0,
        calls.findIndex((call) => call.startsWith('createmedium')),
      ),
    ).filter(({ call }) => /^(clone|close)medium/.test(call));
    expect(conversion.map(({ call }) => call)).to.deep.equal([
      'closemedium disk',
      'clonemedium disk',
      'clonemedium disk',
      'closemedium disk',
      'closemedium disk',
    ]);
    for (const one of conversion) await interrupt(here, { ...one, ends: 'removed' }, words);
  });
});
