import { packageVersion } from '../../src/system/package.js';
import { both, type Fact } from './fact.js';

const bothForms = /^Cannot use two forms of the same flag: f force\nUsage: /;
const version = packageVersion();

/** Global flags, the grammar of the command line, help, exit statuses. */
export const grammarFacts: Readonly<Record<string, readonly Fact[]>> = {
  'start-up': [
    ...both.map((as): Fact => ({
      ...as,
      line: 'ls',
      env: { MACHINE_DEBUG: 'foo' },
      code: 1,
      err: /^Error parsing boolean value from MACHINE_DEBUG: strconv\.ParseBool: parsing "foo": invalid syntax\n/,
    })),
    { line: 'url nope -D', code: 1, err: /\n +at / },
    { line: 'url nope -D', env: { MACHINE_DEBUG: '0' }, code: 1, err: /^[^\n]*\n$/ },
    { line: 'url nope', env: { MACHINE_DEBUG: 'T' }, code: 1, err: /\n +at / },
  ],
  'global flags': [
    { line: '-s {store} url one', env: { MACHINE_STORAGE_PATH: '/nowhere' }, out: '{url}\n' },
    { line: 'url one --storage-path={store}', env: { MACHINE_STORAGE_PATH: '/nowhere' }, out: '{url}\n' },
    { line: '-storage-path {store} url one', env: { MACHINE_STORAGE_PATH: '/nowhere' }, out: '{url}\n' },
    { line: '-D -s /x ls -q --debug --storage-path {store}', out: 'one\ntwo\n', err: /^/ },
    { line: 'url one', env: { MACHINE_STORAGE_PATH: '', HOME: '/nonexistent' }, code: 1, err: /does not exist/ },
    { line: 'url one', env: { MACHINE_NATIVE_SSH: 'perhaps' }, out: '{url}\n' },
    { line: '--bugsnag-api-token no-report --github-api-token x url one', out: '{url}\n' },
    ...['version', '-v', '--version', '-version'].flatMap((line): Fact[] => [
      { line, out: `tsmachine version ${version}, build HEAD\n` },
      { line, as: 'docker-machine', out: `docker-machine version ${version}, build HEAD\n` },
    ]),
    ...['', '-h', '--help', 'help'].flatMap((line): Fact[] => [
      { line, out: /^Usage: tsmachine \[OPTIONS\] COMMAND \[arg\.\.\.\]\n\nCreate and manage machines running Docker\.\n/ },
      {
        line,
        as: 'docker-machine',
        out: /^Usage: docker-machine \[OPTIONS\][^]*\n {2}version\t+Show the version [^]*\nRun 'docker-machine COMMAND --help' for more/,
      },
    ]),
  ],
  grammar: [
    ...['ip one -s {store} two', 'ip -s={store} one two', 'ip --s {store} one two', 'ip one two -storage-path={store}'].map(
      (line): Fact => ({ line, env: { MACHINE_STORAGE_PATH: '/nowhere' }, out: '127.0.0.1\n127.0.0.1\n' }),
    ),
    { line: 'ip -- one two', out: '127.0.0.1\n127.0.0.1\n' },
    { line: 'rm one -force', out: /\nSuccessfully removed one\n$/ },
    { line: 'rm one --f', out: /\nSuccessfully removed one\n$/ },
    { line: 'rm one --force=false', input: 'n\n', out: /^About to remove one\n[^\n]*\n$/, err: 'Are you sure? (y/n): ' },
    { line: 'rm one --force=maybe', code: 2, err: /^invalid boolean value "maybe" for --force\n/ },
    {
      line: 'rm one -f extra',
      out: /^About to remove one, extra\n/,
      err: /^extra: Error removing host "extra": |^Error removing host "extra": /,
    },
    { line: 'rm -fy one', code: 2, err: /^flag provided but not defined: -fy\n/ },
    { line: 'rm -f --force one', code: 2, err: bothForms },
    { line: 'rm --force -f one', as: 'docker-machine', code: 1, err: bothForms },
    { line: 'ls -q -t 1 --timeout 2', code: 2, err: /^Cannot use two forms of the same flag: t timeout\n/ },
    { line: 'ls -q -t 1 -t 2', out: 'one\ntwo\n' },
    { line: 'ls -t', code: 2, err: /^flag needs an argument: --timeout\n/ },
    { line: 'ls -t abc', code: 2, err: /^--timeout: expected a number of seconds, not "abc"\n/ },
    { line: 'ls -t abc', as: 'docker-machine', code: 1, err: /^--timeout: expected a number of seconds, not "abc"\n/ },
    {
      line: 'ls --bogus',
      code: 2,
      err: `flag provided but not defined: --bogus\nUsage: tsmachine ls [OPTIONS]\nSee 'tsmachine ls --help'.\n`,
    },
    {
      line: 'ls --bogus',
      as: 'docker-machine',
      code: 1,
      err: `flag provided but not defined: --bogus\nUsage: docker-machine ls [OPTIONS]\nSee 'docker-machine ls --help'.\n`,
    },
    { line: '-bogus ls', code: 2, err: `flag provided but not defined: -bogus\nSee 'tsmachine --help'.\n` },
    { line: '-bogus ls', as: 'docker-machine', code: 1, err: `flag provided but not defined: -bogus\nSee 'docker-machine --help'.\n` },
    ...['bogus', 'help bogus', 'bogus --help'].flatMap((line): Fact[] => [
      { line, code: 2, err: `tsmachine: 'bogus' is not a tsmachine command. See 'tsmachine --help'.\n` },
      {
        line,
        as: 'docker-machine',
        code: 1,
        err: `docker-machine: 'bogus' is not a docker-machine command. See 'docker-machine --help'.\n`,
      },
    ]),
    ...['help env', 'env --help', 'env -h', 'env one -help'].map((line): Fact => ({
      line,
      as: 'docker-machine',
      out: /^Usage: docker-machine env \[OPTIONS\] \[name\]\n\nDisplay [^]*\n {3}Argument is a machine name\.\n\nOptions:\n {3}\n {3}--/,
    })),
  ],
  'exit statuses': [
    ...both.map((as): Fact => ({
      ...as,
      line: 'create -d generic --generic-ip-address 127.0.0.1 --generic-ssh-key /nope m1',
      store: 'machines',
      code: 3,
      out: 'Running pre-create checks...\n',
      err: /^Error with pre-create check: "SSH key does not exist: \\"\/nope\\""\n/,
    })),
    {
      line: 'rm -f nope',
      out: /^About to remove nope\n[^\n]*\n$/,
      err: /^Error removing host "nope": Docker machine "nope" does not exist\. /,
    },
    { line: 'rm one', input: '', code: 1, out: /^About to remove one\n/, err: /^Are you sure\? \(y\/n\): \nNothing was done: / },
    { line: 'ls --filter label=foo', store: 'old', out: /^NAME/ },
  ],
};
