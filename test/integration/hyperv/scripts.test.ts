import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { vhdFooter } from '../../../src/guest/disk/vhd.js';
import { StandIn } from '../../stand-ins/hyperv/index.js';
import { switches } from '../../stand-ins/hyperv/state.js';

const gigabyte = 2 ** 30;

describe('hyperv: the scripts, evaluated', () => {
  let dir: string;
  let standIn: StandIn;
  let id: string;
  const vm = () => standIn.world().vms[id];
  const hardware = () => ({ id, cpus: 2, dynamic: true, minimum: 2 ** 29, memory: gigabyte, mac: '', vlan: 0 });
  const newVm = (name: string, generation = 2) =>
    String(standIn.value('new-vm', { name, path: dir, generation, memory: gigabyte, switch: 'external', notes: 'n\u00fc' }));

  /** A VHD of fixed size. */
  function vhd(name: string): string {
    const path = join(dir, name);
    const { bytes, diskSize } = vhdFooter(2 ** 20);
    writeFileSync(path, '');
    truncateSync(path, diskSize);
    writeFileSync(path, bytes, { flag: 'a' });
    return path;
  }

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hyperv-'));
    standIn = await StandIn.open(dir);
    const world = standIn.world();
    world.global['imagined'] = '192.0.2.7';
    standIn.write(world);
    id = newVm('m1');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('answer in the same form, be there none, one or two of a thing', () => {
    const row = (uuid: string, name: string) => {
      const created = standIn.world().vms[uuid]?.created.replace('Z', '0000Z');
      return { id: uuid, name, notes: 'n\u00fc', path: join(dir, name), state: 'Off', created };
    };
    expect(standIn.value('vms')).to.deep.equal({ vms: [row(id, 'm1')] });
    const other = newVm('m2');
    expect(standIn.value('vms')).to.deep.equal({ vms: [row(id, 'm1'), row(other, 'm2')] });
    for (const one of [id, other]) standIn.value('remove-vm', { id: one });
    expect(standIn.value('vms'), 'and whether VMs were hidden').to.deep.equal({ vms: [], administrator: true, hyperVAdministrator: false });
    const host = (all: readonly object[]) => {
      const world = standIn.world();
      standIn.write({ ...world, global: { ...world.global, switches: JSON.stringify(all) } });
      return standIn.value('host');
    };
    for (const all of [[], [switches.default], Object.values(switches)]) {
      expect(host(all)).to.deep.equal({ cpus: 4, memory: 8 * gigabyte, switches: all });
    }
  });

  it('find the neighbour by its address of hardware, which a VM has from its first start on', () => {
    expect(standIn.value('addresses', { id })).to.deep.equal({ state: 'Off', reported: [], neighbours: [] });
    const disk = join(dir, 'disk.vhdx');
    standIn.value('convert-disk', { source: vhd('a.vhd'), target: disk });
    writeFileSync(join(dir, 'seed.iso'), '');
    standIn.value('drives', { id, disk, seed: join(dir, 'seed.iso'), secureBoot: true });
    expect(vm()?.settings).to.include({ boot: disk, firmware: 'MicrosoftUEFICertificateAuthority' });
    standIn.value('start', { id });
    const link = 'fe80::215:5dff:fe01:203';
    expect(standIn.value('addresses', { id })).to.deep.equal({ state: 'Running', reported: [link], neighbours: ['192.0.2.7', link] });
    const warned = standIn.run('start', { id });
    expect(warned.stdout).to.equal('WARNING: The virtual machine is already in the specified state.\r\n{"value":null}\r\n');
  });

  it('make a disk of what differs, whose size is told', () => {
    const [base, disk] = [join(dir, 'base.vhdx'), join(dir, 'disk.vhdx')];
    standIn.value('convert-disk', { source: vhd('a.vhd'), target: base });
    expect(standIn.value('disk-size', { path: base })).to.equal(2 ** 20);
    standIn.value('new-disk', { path: disk, parent: base, size: 20 * gigabyte });
    expect(standIn.value('disk-size', { path: disk })).to.equal(20 * gigabyte);
    rmSync(base);
    expect(standIn.run('disk-size', { path: disk }).stdout).to.include('0x80070002');
  });

  it('set up hardware whose memory has its bounds, also where Windows knows no automatic checkpoints', () => {
    standIn.value('hardware', hardware());
    expect(vm()?.settings).to.include({
      cpus: '2',
      dynamic: 'true',
      minimum: String(2 ** 29),
      memory: String(gigabyte),
      maximum: String(gigabyte),
      checkpoints: 'off',
    });
    expect(vm()?.settings).not.to.have.property('vlan');
    const world = standIn.world();
    standIn.write({ ...world, global: { ...world.global, release: '2016' } });
    standIn.value('hardware', { ...hardware(), dynamic: false, mac: '00155D0A0B0C', vlan: 7 });
    expect(vm()?.settings).to.include({ dynamic: 'false', mac: '00155d0a0b0c', vlan: '7' });
  });

  it('tell who the user is', () => {
    expect(standIn.value('rights')).to.deep.equal({ module: true, administrator: true, hyperVAdministrator: false });
    const world = standIn.world();
    standIn.write({ ...world, global: { ...world.global, rights: '{"module":false}' } });
    expect(standIn.value('rights')).to.deep.equal({ module: false });
    const { stdout } = standIn.run('host');
    expect(stdout).to.include('"id":"CommandNotFoundException"').and.include('is not recognized as the name of a cmdlet');
  });

  interface Mutant {
    readonly what: string;
    readonly script: string;
    readonly from: string;
    readonly to: string;
    readonly input?: () => object;
    /** What gives it away: in the answer, or in what is said instead of one. */
    readonly shows: RegExp;
    readonly status?: number;
  }

  const one = () => ({ id });
  const disk = () => ({ path: join(dir, 'd.vhdx'), parent: join(dir, 'none.vhdx'), size: gigabyte });
  const error = (id: string) => new RegExp(`^\\{"error":\\{.*"id":"${id}`);
  const unknown = (what: string) => new RegExp(`the stand-in does not know ${what}`);

  const mutants: readonly Mutant[] = [
    {
      what: 'a parameter misspelt',
      script: 'hardware',
      from: '-Count',
      to: '-Cuont',
      input: hardware,
      shows: error('NamedParameterNotFound,Microsoft\\.HyperV\\.PowerShell\\.Commands\\.SetVMProcessor'),
    },
    {
      what: 'a parameter cut too short',
      script: 'hardware',
      from: '-MinimumBytes',
      to: '-M',
      input: hardware,
      shows: /ambiguous\. Possible matches include: -MinimumBytes -MaximumBytes\./,
    },
    {
      what: 'a parameter without its value',
      script: 'hardware',
      from: '-Count $in.cpus',
      to: '-Count',
      input: hardware,
      shows: error('MissingArgument'),
    },
    { what: 'a parameter twice', script: 'stop', from: '-Force', to: '-Force -Force', input: one, shows: error('ParameterAlreadyBound') },
    {
      what: 'a mandatory parameter left out',
      script: 'convert-disk',
      from: '-DestinationPath $in.target',
      to: '',
      input: () => ({ source: 'a' }),
      shows: /missing mandatory parameters: DestinationPath\./,
    },
    {
      what: 'parameters of two sets',
      script: 'new-disk',
      from: '-Differencing',
      to: '-Differencing -Dynamic',
      input: disk,
      shows: error('AmbiguousParameterSet'),
    },
    {
      what: 'a VM by its object and its name',
      script: 'hardware',
      from: 'Set-VMProcessor -VM $vm',
      to: 'Set-VMProcessor -VM $vm -VMName x',
      input: hardware,
      shows: error('AmbiguousParameterSet'),
    },
    {
      what: 'a text for a VM',
      script: 'start',
      from: 'Start-VM -VM $vm',
      to: 'Start-VM -VM m1',
      input: one,
      shows: error('CannotConvertArgumentNoMessage'),
    },
    {
      what: 'a word that no enumeration has',
      script: 'convert-disk',
      from: 'Dynamic',
      to: 'Dynamical',
      input: () => ({ source: 'a', target: 'b' }),
      shows: /Unable to match the identifier name Dynamical/,
    },
    {
      what: 'a variable misspelt',
      script: 'start',
      from: 'Start-VM -VM $vm',
      to: 'Start-VM -VM $mv',
      input: one,
      shows: /argument to parameter 'VM' because it is null/,
    },
    { what: 'a field misspelt', script: 'stop', from: '$in.id', to: '$in.di', input: one, shows: error('CannotConvertArgumentNoMessage') },
    { what: 'a cmdlet misspelt', script: 'start', from: 'Start-VM', to: 'Strat-VM', input: one, shows: error('CommandNotFoundException') },
    {
      what: 'a cmdlet of another module',
      script: 'vms',
      from: 'Hyper-V\\Get-VM',
      to: 'VMware\\Get-VM',
      shows: error('CommandNotFoundException'),
    },
    { what: 'a brace left out', script: 'start', from: '} catch', to: 'catch', input: one, shows: /that is not PowerShell/, status: 1 },
    { what: 'a bracket left out', script: 'vms', from: '-Depth 5)', to: '-Depth 5', shows: /that is not PowerShell/, status: 1 },
    {
      what: 'a property misspelt',
      script: 'start',
      from: '$vm.State',
      to: '$vm.Stat',
      input: one,
      shows: unknown('a property Stat of a Microsoft'),
      status: 64,
    },
    {
      what: 'a method misspelt',
      script: 'addresses',
      from: ".Replace('-'",
      to: ".Repalce('-'",
      input: one,
      shows: unknown('a method Repalce'),
      status: 64,
    },
    {
      what: 'a class misspelt',
      script: 'rights',
      from: 'WindowsBuiltInRole]',
      to: 'WindowsBuiltinRoles]',
      shows: unknown('\\[Security'),
      status: 64,
    },
    {
      what: 'an operator that is none',
      script: 'start',
      from: '-eq',
      to: '-match',
      input: one,
      shows: unknown('the operator -match'),
      status: 64,
    },
    {
      what: 'one VM for a list of VMs',
      script: 'vms',
      from: '@(Hyper-V\\Get-VM',
      to: '(Hyper-V\\Get-VM',
      shows: unknown('a property Count of a System'),
      status: 64,
    },
    {
      what: "a time in the user's own notation",
      script: 'vms',
      from: ".ToString('o')",
      to: ".ToString('g')",
      shows: unknown('how a date is written'),
      status: 64,
    },
    {
      what: 'an address for a list of them',
      script: 'addresses',
      from: 'reported = @(',
      to: 'reported = (',
      input: one,
      shows: /"reported":null/,
    },
    { what: 'a state by its number', script: 'vms', from: '[string]$_.State', to: '$_.State', shows: /"state":3/ },
    {
      what: 'an answer that is too flat',
      script: 'host',
      from: '-Depth 5',
      to: '-Depth 1',
      shows: /"switches":"System\.Collections\.Hashtable/,
    },
    { what: 'letters of other alphabets', script: 'vms', from: '[^ -~]', to: '[^ -\u00ff]', shows: /n\u00fc/ },
    { what: 'a module that nobody looks for', script: 'rights', from: '-ListAvailable ', to: '', shows: /"module":false/ },
    {
      what: 'an error that nobody catches',
      script: 'stop',
      from: "= 'Stop'",
      to: "= 'Continue'",
      input: () => ({ id: '00000000-0000-4000-8000-000000000000' }),
      shows: error('ParameterArgumentValidationErrorNullNotAllowed'),
    },
    { what: 'a question that nobody answers', script: 'remove-vm', from: ' -Force', to: '', input: one, shows: /NonInteractive/ },
    {
      what: 'bounds the wrong way round',
      script: 'hardware',
      from: '-MinimumBytes $in.minimum',
      to: '-MinimumBytes $in.memory -StartupBytes $in.minimum',
      input: () => ({ ...hardware() }),
      shows: error('ParameterAlreadyBound'),
    },
    {
      what: 'less at most than at the start',
      script: 'hardware',
      from: '-MaximumBytes $in.memory',
      to: '-MaximumBytes $in.minimum',
      input: hardware,
      shows: /must not exceed the maximum/,
    },
    {
      what: 'a VLAN without its mode',
      script: 'hardware',
      from: '-Access ',
      to: '',
      input: () => ({ ...hardware(), vlan: 7 }),
      shows: /untagged or in access mode/,
    },
    {
      what: 'output that nobody takes',
      script: 'new-vm',
      from: '$value = [string]$vm.Id',
      to: '[string]$vm.Id',
      input: () => ({ name: 'm3', path: dir, generation: 2, memory: gigabyte, switch: 'external', notes: '' }),
      shows: unknown('how PowerShell shows'),
      status: 64,
    },
  ];

  for (const { what, script, from, to, input = () => ({}), shows, status = 0 } of mutants) {
    it(`give away ${what}`, () => {
      const ending = standIn.run(script, input(), (text) => {
        expect(text).to.include(from);
        return text.replace(from, () => to);
      });
      expect(ending.status, ending.stderr).to.equal(status);
      expect(status === 0 ? ending.stdout : ending.stderr).to.match(shows);
      expect(standIn.run(script, input()).stdout, 'as it is')
        .to.match(/^\{.*\}\r\n$/m)
        .and.not.to.match(shows);
    });
  }
});
