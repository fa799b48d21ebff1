import type { Fact } from './fact.js';

const as = 'docker-machine';
const env = { MACHINE_BUGSNAG_API_TOKEN: 'no-report', SHELL: '' };

/** What GitLab Runner's docker+machine executor calls, in the words it uses. */
export const runnerFacts: Readonly<Record<string, readonly Fact[]>> = {
  'GitLab Runner': [
    { line: '--version', as, env, out: /^docker-machine version \S+, build \S+\n$/ },
    {
      line: 'create --driver none --url={url} --engine-registry-mirror=http://192.0.2.1:5000 runner-1',
      as,
      env,
      out: /^Running pre-create checks\.\.\.\n/,
    },
    { line: 'create --driver none --url={url} one', as, env, code: 1, err: /^Docker machine "one" already exists\n/ },
    { line: 'provision one', as, env, out: '"one" is only a URL: the certificates in its folder are up to date.\n' },
    { line: 'inspect one', as, env, out: /"DriverName": "none"/ },
    { line: 'inspect nope', as, env, code: 1, err: /^Docker machine "nope" does not exist\./ },
    { line: 'inspect one --format {{.HostOptions.AuthOptions.StorePath}}', as, env, out: '{store}/machines/one\n' },
    { line: 'ls -q', as, env, out: 'one\ntwo\n' },
    { line: 'config one', as, env, out: /^--tlsverify\n(--tls\w+=\S+\n){3}-H=tcp:\S+\n$/ },
    { line: 'env --shell bash one', as, env, out: /^export DOCKER_TLS_VERIFY="1"\nexport DOCKER_HOST="tcp:/ },
    { line: 'url one', as, env, out: '{url}\n' },
    { line: 'ip one', as, env, out: '127.0.0.1\n' },
    { line: 'status one', as, env, out: 'Running\n' },
    { line: 'stop one', as, env, code: 1, out: 'Stopping "one"...\n', err: /^hosts without a driver cannot be stopped\n/ },
    { line: 'rm -y one', as, env, out: /\nSuccessfully removed one\n$/ },
    { line: 'rm -y -f one', as, env, out: /\nSuccessfully removed one\n$/ },
    { line: 'rm -f gone', as, env, out: /^About to remove gone\n/, err: /^Error removing host "gone": / },
  ],
};
