import { expect } from 'chai';

import { driverNames } from '../../../src/machine/access/driver-registry.js';
import { packageVersion } from '../../../src/system/package.js';
import { line, type LineResult } from './line.js';

const seeHelp = (command: string, usage: string) => `Usage: tsmachine ${command} ${usage}\nSee 'tsmachine ${command} --help'.\n`;
const bash = { SHELL: '/bin/bash' };

/** Command lines that need no store. */
const rows: [string, NodeJS.ProcessEnv, Partial<LineResult>][] = [
  ['version', {}, { code: 0, stdout: `tsmachine version ${packageVersion()}, build HEAD\n`, stderr: '' }],
  ['-v', {}, { code: 0, stdout: `tsmachine version ${packageVersion()}, build HEAD\n` }],
  ['--version', {}, { code: 0, stdout: `tsmachine version ${packageVersion()}, build HEAD\n` }],
  ['version --json', {}, { code: 0, stdout: `${JSON.stringify({ version: packageVersion(), build: 'HEAD' }, undefined, 2)}\n` }],
  ['bogus', {}, { code: 2, stdout: '', stderr: `tsmachine: 'bogus' is not a tsmachine command. See 'tsmachine --help'.\n` }],
  ['help bogus', {}, { code: 2, stderr: `tsmachine: 'bogus' is not a tsmachine command. See 'tsmachine --help'.\n` }],
  ['strat m1', {}, { code: 2, stderr: `tsmachine: 'strat' is not a tsmachine command. See 'tsmachine --help'.\nDid you mean 'start'?\n` }],
  ['--bogus ls', {}, { code: 2, stdout: '', stderr: `flag provided but not defined: --bogus\nSee 'tsmachine --help'.\n` }],
  ['ls --bogus', {}, { code: 2, stdout: '', stderr: `flag provided but not defined: --bogus\n${seeHelp('ls', '[OPTIONS]')}` }],
  ['active -t abc', {}, { code: 2, stderr: `--timeout: expected a number of seconds, not "abc"\n${seeHelp('active', '[OPTIONS]')}` }],
  ['active x', {}, { code: 2, stderr: `Error: Too many arguments given\n${seeHelp('active', '[OPTIONS]')}` }],
  [
    'rm',
    {},
    { code: 2, stdout: '', stderr: `Error: Expected to get one or more machine names as arguments\n${seeHelp('rm', '[OPTIONS] name...')}` },
  ],
  ['status a b', {}, { code: 2, stderr: `Error: Expected one machine name as an argument\n${seeHelp('status', '[OPTIONS] [name]')}` }],
  ['env a b', bash, { code: 2, stderr: `Error: Expected one machine name as an argument\n${seeHelp('env', '[OPTIONS] [name]')}` }],
  [
    'env -u a',
    bash,
    { code: 2, stderr: `Error: Expected no machine name when the -u flag is present\n${seeHelp('env', '[OPTIONS] [name]')}` },
  ],
  ['env -u', {}, { code: 1, stdout: '', stderr: 'Error: Unknown shell\nSHELL is not set. Name your shell: tsmachine env --shell bash\n' }],
  [
    'env -u --no-proxy',
    { ...bash, NO_PROXY: 'zz' },
    {
      code: 0,
      stdout: [
        'unset DOCKER_TLS_VERIFY',
        'unset DOCKER_HOST',
        'unset DOCKER_CERT_PATH',
        'unset DOCKER_MACHINE_NAME',
        'unset NO_PROXY',
        '# Run this command to configure your shell: ',
        '# eval $(tsmachine env -u --no-proxy)',
        '',
      ].join('\n'),
    },
  ],
  [
    'create',
    { MACHINE_DRIVER: 'none' },
    { code: 2, stderr: `Error: No machine name specified\n${seeHelp('create', '[OPTIONS] name...')}` },
  ],
  [
    'create -d nnoe m1',
    {},
    { code: 2, stderr: `Driver "nnoe" not found\nDid you mean "none"? Built-in drivers: ${driverNames().join(', ')}\n` },
  ],
  [
    'create -d none --swarm-discovery bad m1',
    {},
    {
      code: 2,
      stderr: `Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: bad\n${seeHelp('create', '[OPTIONS] name...')}`,
    },
  ],
  [
    'ls --json --bogus',
    {},
    {
      code: 2,
      stderr: '',
      stdout: `${JSON.stringify(
        {
          error: { code: 'USAGE', message: 'flag provided but not defined: --bogus', hint: seeHelp('ls', '[OPTIONS]').trimEnd() },
        },
        undefined,
        2,
      )}\n`,
    },
  ],
  ['ls', { MACHINE_DEBUG: 'foo' }, { code: 1, stdout: '' }],
  [
    'ls',
    {},
    {
      code: 1,
      stdout: '',
      stderr:
        'The home folder is unknown: HOME is not set\n' +
        'Set HOME, or set the folder of the machines with --storage-path or MACHINE_STORAGE_PATH\n',
    },
  ],
];

describe('commands without a store', () => {
  for (const [words, env, expected] of rows) {
    it(`${Object.keys(env)
      .map((name) => `${name}=${env[name] ?? ''} `)
      .join('')}tsmachine ${words}`, async () => {
      expect(await line(words.split(' '), env)).to.include(expected);
    });
  }

  it('print the same help for no command, help, -h and --help', async () => {
    const help = await line([]);
    expect(help).to.include({ code: 0, stderr: '' });
    expect(help.stdout).to.match(/^Usage: tsmachine \[OPTIONS\] COMMAND/);
    for (const words of [['help'], ['-h'], ['--help'], ['-D', '--help']]) expect(await line(words)).to.deep.equal(help);
  });

  it('print the same help of a command for help CMD, CMD -h and CMD --help', async () => {
    const help = await line(['help', 'rm']);
    expect(help.stdout).to.match(/^Usage: tsmachine rm \[OPTIONS\] name\.\.\.\n/);
    for (const words of [
      ['rm', '-h'],
      ['rm', 'm1', '--help'],
      ['rm', '-help'],
    ])
      expect(await line(words)).to.deep.equal(help);
  });

  it('leave the words of ssh alone', async () => {
    expect((await line(['ssh', '--help'])).stdout).to.match(/^Usage: tsmachine ssh \[arg\.\.\.\]\n/);
    const result = await line(['ssh', 'nobody', '--help', '-D', '--json'], { MACHINE_STORAGE_PATH: '/nonexistent' });
    expect(result).to.include({ code: 1, stdout: '' });
    expect(result.stderr).to.match(/^Docker machine "nobody" does not exist\. [^\n]*\n$/);
  });

  it('show a stack trace with --debug anywhere, and only then', async () => {
    expect((await line(['rm', '--debug'])).stderr).to.match(/\n\s+at /);
    expect((await line(['rm'])).stderr).to.not.match(/\n\s+at /);
  });
});
