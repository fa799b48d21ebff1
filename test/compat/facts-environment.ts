import type { Fact } from './fact.js';
import { notThere } from './shop.js';

const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'];
const values = ['1', '{url}', '{store}/machines/one', 'one'];
const hint = 'Run this command to configure your shell: ';

interface Dialect {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
  readonly comment: string;
  readonly evaluate: (line: string) => string;
}

const posix: Dialect = {
  set: (name, value) => `export ${name}="${value}"`,
  unset: (name) => `unset ${name}`,
  comment: '#',
  evaluate: (line) => `eval $(${line})`,
};

/** What each shell gets. Docker Machine's second backslash for PowerShell was a defect, which is not copied. */
const dialects: Readonly<Record<string, Dialect>> = {
  bash: posix,
  zsh: posix,
  ksh: posix,
  fish: {
    set: (name, value) => `set -gx ${name} "${value}";`,
    unset: (name) => `set -e ${name};`,
    comment: '#',
    evaluate: (line) => `eval (${line})`,
  },
  powershell: {
    set: (name, value) => `$Env:${name} = "${value}"`,
    unset: (name) => `Remove-Item Env:\\${name}`,
    comment: '#',
    evaluate: (line) => `& ${line} | Invoke-Expression`,
  },
  cmd: {
    set: (name, value) => `SET ${name}=${value}`,
    unset: (name) => `SET ${name}=`,
    comment: 'REM',
    evaluate: (line) => `\t@FOR /f "tokens=*" %i IN ('${line}') DO @%i`,
  },
  tcsh: {
    set: (name, value) => `setenv ${name} "${value}";`,
    unset: (name) => `unsetenv ${name};`,
    comment: ':',
    evaluate: (line) => `eval \`${line}\``,
  },
  emacs: {
    set: (name, value) => `(setenv "${name}" "${value}")`,
    unset: (name) => `(setenv "${name}" nil)`,
    comment: ';;',
    evaluate: (line) => `(with-temp-buffer (shell-command "${line}" (current-buffer)) (eval-buffer))`,
  },
};

function factsOf(shell: string, { set, unset, comment, evaluate }: Dialect): Fact[] {
  const setting = names.map((name, i) => set(name, values[i] ?? ''));
  const unsetting = names.map(unset);
  const printed = (lines: readonly string[], line: string) =>
    [...lines, `${comment} ${hint}`, `${comment} ${evaluate(line)}`, ''].join('\n');
  const fact = (line: string, lines: readonly string[], env: NodeJS.ProcessEnv = {}): Fact => ({
    line: `env ${line}`,
    as: 'docker-machine',
    env: { SHELL: '', ...env },
    out: printed(lines, `docker-machine env ${line}`),
  });
  return [
    fact(`--shell ${shell} one`, setting),
    fact(`--shell ${shell} -u`, unsetting),
    fact('one', setting, { SHELL: `/usr/local/bin/${shell}` }),
    fact(`one --no-proxy --shell=${shell}`, [...setting, set('NO_PROXY', '127.0.0.1')]),
    fact(`one --no-proxy --shell=${shell}`, [...setting, set('NO_PROXY', 'zz,127.0.0.1')], { NO_PROXY: 'zz' }),
    fact(`one --no-proxy --shell=${shell}`, [...setting, set('no_proxy', '127.0.0.1,x')], { no_proxy: '127.0.0.1,x' }),
    fact(`--unset --no-proxy --shell ${shell}`, [...unsetting, unset('NO_PROXY')], { NO_PROXY: 'zz' }),
  ];
}

/** The commands that point a Docker client to a machine. */
export const environmentFacts: Readonly<Record<string, readonly Fact[]>> = {
  active: [
    { line: 'active', env: { DOCKER_HOST: '{url}' }, out: 'one\n' },
    { line: 'active -t 5', env: { DOCKER_HOST: 'tcp://192.0.2.1:2376' }, code: 1, err: /^No active host found\n/ },
    {
      line: 'active',
      as: 'docker-machine',
      code: 1,
      err: 'No active host found\neval $(docker-machine env NAME) makes a machine the active one\n',
    },
    { line: 'active -t 0', env: { DOCKER_HOST: '{url}' }, code: 1, err: /^Error getting active host: timeout\n/ },
    { line: 'active', store: 'empty', code: 1, err: /^No active host found\n/ },
  ],
  config: [
    {
      line: 'config one',
      out:
        '--tlsverify\n--tlscacert={store}/machines/one/ca.pem\n--tlscert={store}/machines/one/cert.pem\n' +
        '--tlskey={store}/machines/one/key.pem\n-H={url}\n',
    },
    { line: 'config vb1', store: 'old', code: 1, err: /^Error running connection boilerplate: / },
  ],
  env: [
    ...Object.entries(dialects).flatMap(([shell, dialect]) => factsOf(shell, dialect)),
    { line: 'env one --shell unheardof', code: 1, err: /^There are no commands for the shell "unheardof"\nChoose one of bash, / },
    {
      line: 'env one',
      env: { SHELL: '' },
      code: 1,
      err: 'Error: Unknown shell\nSHELL is not set. Name your shell: tsmachine env --shell bash\n',
    },
    {
      line: 'env -u',
      as: 'docker-machine',
      env: { SHELL: '' },
      code: 1,
      err: /^Error: Unknown shell\n[^\n]*: docker-machine env --shell bash\n$/,
    },
    { line: 'env -u one', as: 'docker-machine', code: 1, err: /^Error: Expected no machine name when the -u flag is present\n/ },
    { line: 'env vb1', store: 'old', code: 1, err: /^Error checking TLS connection: / },
    { line: 'env nope', as: 'docker-machine', code: 1, err: `${notThere('nope', 'docker-machine')}\n` },
  ],
  inspect: [
    { line: 'inspect one', out: /^\{\n {4}"ConfigVersion": 3,\n {4}"Driver": \{\n {8}"IPAddress"/ },
    { line: 'inspect vb1', store: 'old', out: /\n {4}"DriverName": "virtualbox",\n/ },
  ],
};
