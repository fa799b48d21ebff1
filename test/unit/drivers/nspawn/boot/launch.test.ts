import { expect } from 'chai';

import type { Cgroups } from '../../../../../drivers/nspawn/api.js';
import { groupsOf, launchPlan, trackOf, type LaunchRequest } from '../../../../../drivers/nspawn/boot/launch.js';

const request: LaunchRequest = {
  id: '0123456789',
  hostName: 'm1',
  rootDir: '/s/m1/root',
  engineDir: '/s/a:b/docker',
  consoleLog: '/s/m1/console.log',
  unified: false,
  memory: 512,
  cpus: 2,
  keeper: '/t/run.sh',
};
const programs = { 'systemd-nspawn': '/usr/bin/systemd-nspawn' };
const v1: Cgroups = {
  version: 1,
  track: '/cg/unified',
  controllers: [],
  hierarchies: [
    { mount: '/cg/memory', names: ['memory'] },
    { mount: '/cg/cpu,cpuacct', names: ['cpu', 'cpuacct'] },
    { mount: '/cg/cpuset', names: ['cpuset'], cpuset: { cpus: '0-1', mems: '0' } },
  ],
};
const v2: Cgroups = { version: 2, track: '/cg', hierarchies: [], controllers: ['cpu', 'memory'] };

describe('nspawn launch plan', () => {
  for (const [name, facts] of [
    ['systemd, v1', { systemd: true, cgroups: v1 }],
    ['systemd, v2', { systemd: true, cgroups: v2 }],
    ['no systemd, v1', { systemd: false, cgroups: v1 }],
    ['no systemd, v2', { systemd: false, cgroups: v2 }],
  ] as const) {
    it(`boots the same machine with ${name}`, () => {
      const { args } = launchPlan(request, { ...facts, programs });
      expect(args.slice(args.indexOf('--') + 1)).to.deep.equal([
        '/usr/bin/systemd-nspawn',
        '--directory',
        '/s/m1/root',
        '--boot',
        '--quiet',
        '--register=no',
        '--keep-unit',
        '--settings=no',
        '--link-journal=no',
        '--machine=tsmachine-0123456789',
        '--hostname=m1',
        '--network-namespace-path=/run/netns/tsmachine-0123456789',
        '--capability=all',
        '--system-call-filter=add_key keyctl bpf @keyring',
        '--bind=/s/a\\:b/docker:/var/lib/docker',
        '--bind-ro=/dev/kmsg',
        '--resolv-conf=off',
        '--timezone=off',
        '--console=pipe',
      ]);
    });
  }

  it('gives a machine that knows v2 alone a v2 hierarchy where the computer is v1', () => {
    const variable = 'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1';
    for (const systemd of [true, false]) {
      const { args } = launchPlan({ ...request, unified: true }, { systemd, cgroups: v1, programs });
      expect(args.slice(args.indexOf('--') + 1, args.indexOf('--directory'))).to.deep.equal(['env', variable, '/usr/bin/systemd-nspawn']);
      expect(launchPlan({ ...request, unified: true }, { systemd, cgroups: v2, programs }).args).not.to.include(variable);
    }
  });

  it('makes a delegated unit with its limits where systemd runs', () => {
    for (const cgroups of [v1, v2]) {
      const plan = launchPlan(request, { systemd: true, cgroups, programs });
      expect(plan).to.include({ program: 'systemd-run', detached: false });
      expect(plan.args).to.include.members([
        '--unit=tsmachine-0123456789.service',
        'Delegate=yes',
        'KillMode=mixed',
        'MemoryMax=512M',
        'CPUQuota=200%',
        'RestartForceExitStatus=133',
        'StandardOutput=append:/s/m1/console.log',
      ]);
      expect(plan.groups).to.deep.equal([]);
    }
    expect(trackOf('0123456789', { systemd: true, cgroups: v2 })).to.equal('/cg/machine.slice/tsmachine-0123456789.service');
  });

  it('makes own v1 groups with limits and CPU sets', () => {
    const plan = launchPlan(request, { systemd: false, cgroups: v1, programs });
    expect(plan).to.include({ program: 'sh', detached: true, track: '/cg/unified/tsmachine-0123456789' });
    expect(plan.args.slice(0, 6)).to.deep.equal([
      '/t/run.sh',
      '/cg/unified/tsmachine-0123456789',
      '/cg/memory/tsmachine-0123456789',
      '/cg/cpu,cpuacct/tsmachine-0123456789',
      '/cg/cpuset/tsmachine-0123456789',
      '--',
    ]);
    expect(plan.groups)
      .to.include.members(groupsOf('0123456789', { systemd: false, cgroups: v1 }))
      .and.to.include('/cg/unified/tsmachine-0123456789/keeper');
    expect(plan.limits).to.deep.equal([
      { file: '/cg/memory/tsmachine-0123456789/memory.limit_in_bytes', value: '536870912' },
      { file: '/cg/cpu,cpuacct/tsmachine-0123456789/cpu.cfs_period_us', value: '100000' },
      { file: '/cg/cpu,cpuacct/tsmachine-0123456789/cpu.cfs_quota_us', value: '200000' },
      { file: '/cg/cpuset/tsmachine-0123456789/cpuset.cpus', value: '0-1' },
      { file: '/cg/cpuset/tsmachine-0123456789/cpuset.mems', value: '0' },
    ]);
  });

  it('hands v2 controllers on before it sets limits', () => {
    const plan = launchPlan(request, { systemd: false, cgroups: v2, programs });
    expect(plan.groups).to.deep.equal(['/cg/tsmachine-0123456789', '/cg/tsmachine-0123456789/keeper']);
    expect(plan.limits).to.deep.equal([
      { file: '/cg/cgroup.subtree_control', value: '+cpu +memory' },
      { file: '/cg/tsmachine-0123456789/cgroup.subtree_control', value: '+cpu +memory' },
      { file: '/cg/tsmachine-0123456789/memory.max', value: '536870912' },
      { file: '/cg/tsmachine-0123456789/cpu.max', value: '200000 100000' },
    ]);
  });

  it('sets no limit that was not asked for', () => {
    const free = { ...request, memory: 0, cpus: 0 };
    expect(launchPlan(free, { systemd: true, cgroups: v2, programs }).args.join(' ')).not.to.match(/MemoryMax|CPUQuota/);
    expect(
      launchPlan(free, { systemd: false, cgroups: v1, programs })
        .limits.map(({ file }) => file)
        .join(' '),
    ).not.to.match(/memory|cfs/);
  });
});
