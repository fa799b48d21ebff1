import { both, type Fact } from './fact.js';
import { notThere } from './shop.js';

/** Without any program: no VirtualBox of this computer is asked. */
const bare = { PATH: '/nonexistent' };
const noDefault = /^Error: No machine name\(s\) specified and no "default" machine exists\n/;
const single = ['env', 'inspect', 'status', 'url', 'config'];
const many = ['ip', 'kill', 'provision', 'restart', 'start', 'stop'];
const oneName = (command: string) => new RegExp(`^Error: Expected one machine name as an argument\\nUsage: docker-machine ${command} `);
const cannot = (done: string) => `hosts without a driver cannot be ${done}\none is only a URL: do it where that engine runs\n`;
const removal = 'WARNING: This action will delete only the local reference; the host itself, and what runs on it, stays.\n';
const regenerate = 'Regenerate TLS machine certs?  Warning: this is irreversible. (y/n): ';
const onlyUrl = (name: string) => `"${name}" is only a URL: the certificates in its folder are up to date.\n`;
const connect = 'To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run:';

/** Which machines a command works on, and what it does with them. */
export const machineFacts: Readonly<Record<string, readonly Fact[]>> = {
  'which machine': [
    ...[...single, ...many, 'ssh', 'regenerate-certs -f'].flatMap((line): Fact[] => [
      { line, code: 1, err: noDefault },
      { line: `${line} nope`, code: 1, err: `${notThere('nope')}\n` },
      { line: `${line} nope`, as: 'docker-machine', code: 1, err: `${notThere('nope', 'docker-machine')}\n` },
    ]),
    { line: 'env', store: 'default', out: /^export [^]*DOCKER_MACHINE_NAME="default"\n/ },
    { line: 'config', store: 'default', out: /^--tlsverify\n--tlscacert=[^\n]*\/default\/ca\.pem\n/ },
    { line: 'inspect', store: 'default', out: /"MachineName": "default"/ },
    { line: 'status', store: 'default', out: 'Running\n' },
    { line: 'url', store: 'default', out: '{url}\n' },
    { line: 'ip', store: 'default', out: '127.0.0.1\n' },
    { line: 'start', store: 'default', code: 1, out: 'Starting "default"...\n', err: 'Machine "default" is already running.\n' },
    { line: 'stop', store: 'default', code: 1, out: 'Stopping "default"...\n', err: /^hosts without/ },
    { line: 'kill', store: 'default', code: 1, out: 'Killing "default"...\n', err: /^hosts without/ },
    { line: 'restart', store: 'default', code: 1, out: 'Restarting "default"...\n', err: /^hosts without/ },
    { line: 'provision', store: 'default', out: onlyUrl('default') },
    { line: 'regenerate-certs -f', store: 'default', out: `Regenerating TLS certificates\n${onlyUrl('default')}` },
    { line: 'ssh', store: 'default', code: 1, err: /^default has no SSH/ },
    { line: 'version', store: 'default', out: /^tsmachine version / },
    ...['env', 'inspect', 'status', 'url', 'version'].map((command): Fact => ({
      line: `${command} one two`,
      as: 'docker-machine',
      code: 1,
      err: oneName(command),
    })),
    { line: 'status one two', code: 2, err: /^Error: Expected one machine name as an argument\n/ },
    { line: 'config one two', code: 2, err: /^Error: Expected one machine name as an argument\n/ },
    { line: 'config one two', as: 'docker-machine', out: /^--tlsverify\n/ },
    { line: 'active one', as: 'docker-machine', code: 1, err: /^Error: Too many arguments given\n/ },
    {
      line: 'rm',
      store: 'default',
      as: 'docker-machine',
      code: 1,
      out: /^Usage: docker-machine rm \[OPTIONS\] name\.\.\.\n\nRemove a machine\n/,
      err: /^Error: Expected to get one or more machine names as arguments\n/,
    },
    { line: 'ls -q extra words', out: 'one\ntwo\n' },
  ],
  'several machines': [
    { line: 'ip one one', out: '127.0.0.1\n127.0.0.1\n' },
    { line: 'stop one nope zip nope', code: 1, err: `${notThere('nope')}\n${notThere('zip')}\n` },
    {
      line: 'start one two',
      code: 1,
      out: /^(Starting "(one|two)"\.\.\.\n){2}$/,
      err: /^(?=[^]*one: Machine "one" is already running\.\n)(?=[^]*two: )[^]*2 of 2/,
    },
  ],
  create: [
    ...['a b', 'a b c', 'one b'].flatMap((names): Fact[] => {
      const [, ...extra] = names.split(' ');
      const err = new RegExp(`^Invalid command line\\. Found extra arguments \\[${extra.join(' ')}\\]\\n`);
      return [
        { line: `create ${names}`, as: 'docker-machine', code: 1, err },
        { line: `create -d none ${names} --url {url}`, as: 'docker-machine', code: 1, err },
      ];
    }),
    {
      line: 'create -d none --url {url} m1 m2',
      out: /^(\((m1|m2)\) [^\n]*\n)+$/,
    },
    { line: 'create -d none --url {url} m1', out: `Running pre-create checks...\nCreating machine...\n${connect} tsmachine env m1\n` },
    {
      line: 'create m1 -driver=none --url={url}',
      as: 'docker-machine',
      out: `Running pre-create checks...\nCreating machine...\n${connect} docker-machine env m1\n`,
    },
    { line: 'create m1 --url {url}', env: { MACHINE_DRIVER: 'none' }, out: /^Running pre-create checks/ },
    { line: 'create -d none m1', env: { NONE_URL: 'x' }, code: 2, err: /^--url option is required when no driver is selected\n/ },
    {
      line: 'create -d none --url {url} m1',
      store: 'empty',
      out:
        `Creating CA: {store}/certs/ca.pem\nCreating client certificate: {store}/certs/cert.pem\n` +
        `Running pre-create checks...\nCreating machine...\n${connect} tsmachine env m1\n`,
    },
    ...both.map((as): Fact => ({
      ...as,
      line: 'create m1',
      env: bare,
      code: 3,
      out: 'Running pre-create checks...\n',
      err: /^Error with pre-create check: "VBoxManage not found\. Make sure [^]*create -d nspawn m1, or/,
    })),
    { line: 'create -d bogus m1', code: 2, err: /^Driver "bogus" not found\n/ },
    { line: 'create -d bogus m1', as: 'docker-machine', code: 1, err: /^Driver "bogus" not found\n/ },
    {
      line: 'create -d none --url {url}',
      as: 'docker-machine',
      code: 1,
      out: /\n {3}--url \t+URL of host when no driver is selected\n/,
      err: /^Error: No machine name specified\nUsage: docker-machine create /,
    },
    {
      line: 'create -d none --url {url} one',
      as: 'docker-machine',
      code: 1,
      err: /^Docker machine "one" already exists\nLook at it: docker-machine inspect one\./,
    },
    {
      line: 'create -d none --url {url} a_b',
      as: 'docker-machine',
      code: 1,
      err: /^Error creating machine: Invalid hostname specified\. Allowed hostname chars are: 0-9a-zA-Z \. -\n/,
    },
    { line: 'create -d none --bogus m1', as: 'docker-machine', code: 1, err: /^flag provided but not defined: --bogus\n/ },
    {
      line: 'create -d none --url {url} --swarm-discovery bad m1',
      code: 2,
      err: /^Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: bad\n/,
    },
    { line: 'create --help -d generic', as: 'docker-machine', out: /^Usage: docker-machine create [^]*\n {3}--generic-ip-address / },
  ],
  'ip, url, status': [
    { line: 'ip one', out: '127.0.0.1\n' },
    { line: 'url one', out: '{url}\n' },
    { line: 'status one', out: 'Running\n' },
    {
      line: 'status vb1',
      store: 'old',
      env: bare,
      code: 1,
      err: /^error getting state for host vb1: VBoxManage not found\. [^]*\nInstall VirtualBox/,
    },
  ],
  'start, stop, restart, kill': [
    { line: 'start one', code: 1, out: 'Starting "one"...\n', err: 'Machine "one" is already running.\n' },
    { line: 'stop one', code: 1, out: 'Stopping "one"...\n', err: cannot('stopped') },
    { line: 'kill one', code: 1, out: 'Killing "one"...\n', err: cannot('killed') },
    { line: 'restart one', code: 1, out: 'Restarting "one"...\n', err: cannot('restarted') },
  ],
  'provision, regenerate-certs': [
    { line: 'regenerate-certs nope', input: 'n\n', err: regenerate },
    { line: 'regenerate-certs nope', input: '', code: 1, err: /\(y\/n\): \nEOF\n/ },
    { line: 'regenerate-certs nope', input: 'y\n', code: 1, err: `${regenerate}${notThere('nope')}\n` },
    { line: 'regenerate-certs one', input: 'Yes\n', out: `Regenerating TLS certificates\n${onlyUrl('one')}`, err: regenerate },
  ],
  rm: [
    { line: 'rm -y one two', out: /^About to remove one, two\nWARNING: [^\n]*\n(Successfully removed (one|two)\n){2}$/ },
    ...['y\n', 'Yes\n'].map((input): Fact => ({
      line: 'rm one',
      input,
      out: `About to remove one\n${removal}Successfully removed one\n`,
      err: 'Are you sure? (y/n): ',
    })),
    ...['n\n', 'no\n', 'ja\n', '\n'].map((input): Fact => ({
      line: 'rm one',
      input,
      out: `About to remove one\n${removal}`,
      err: 'Are you sure? (y/n): ',
    })),
    {
      line: 'rm one',
      input: '',
      code: 1,
      out: `About to remove one\n${removal}`,
      err: 'Are you sure? (y/n): \nNothing was done: nobody could be asked\ntsmachine rm -y one\n',
    },
    {
      line: 'rm -y nope',
      as: 'docker-machine',
      code: 1,
      out: /^About/,
      err: `Error removing host "nope": ${notThere('nope', 'docker-machine')}\n`,
    },
  ],
  ssh: [
    { line: 'ssh one ls -la --help', code: 1, err: 'one has no SSH: its driver, none, only knows the engine\n' },
    ...['-h', '--help', '-help'].map((flag): Fact => ({
      line: `ssh ${flag}`,
      as: 'docker-machine',
      out: /^Usage: docker-machine ssh \[arg\.\.\.\]\n/,
    })),
  ],
  version: [
    { line: 'version one', out: '24.0.7\n' },
    { line: 'version nope', as: 'docker-machine', code: 1, err: `${notThere('nope', 'docker-machine')}\n` },
    { line: 'version one', store: 'old', code: 1, err: /^Unable to query docker version: / },
  ],
};
