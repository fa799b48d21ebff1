import { execFileSync } from 'node:child_process';

import { expect } from 'chai';

import { noProxyNames, noProxyValue, setLines, unsetLines } from '../../../../src/cli/shells/docker-env.js';
import { quote } from '../../../../src/base/quote.js';
import { detectShell, shellNamed, usageHint } from '../../../../src/cli/shells/shells.js';
import { plain } from '../../../../src/base/text.js';
import { failureOf } from '../../../helpers/failure.js';

const machine = { name: 'one', url: 'tcp://127.0.0.1:12376', certDir: '/store/machines/one' };
const nasty = `a "b" 'c' $HOME \`id\` \\d !e ; & | < > ( ) # * ~ %PATH%`;

describe('cli: shells', () => {
  const set: Record<string, string> = {
    bash: 'export DOCKER_TLS_VERIFY="1"',
    zsh: 'export DOCKER_TLS_VERIFY="1"',
    sh: 'export DOCKER_TLS_VERIFY="1"',
    ksh93: 'export DOCKER_TLS_VERIFY="1"',
    'bash-5.2': 'export DOCKER_TLS_VERIFY="1"',
    nologin: 'export DOCKER_TLS_VERIFY="1"',
    fish: 'set -gx DOCKER_TLS_VERIFY "1";',
    powershell: '$Env:DOCKER_TLS_VERIFY = "1"',
    pwsh: '$Env:DOCKER_TLS_VERIFY = "1"',
    PowerShell: '$Env:DOCKER_TLS_VERIFY = "1"',
    csh: 'setenv DOCKER_TLS_VERIFY "1";',
    nu: `$env.DOCKER_TLS_VERIFY = '1'`,
    nushell: `$env.DOCKER_TLS_VERIFY = '1'`,
    cmd: 'SET DOCKER_TLS_VERIFY=1',
    tcsh: 'setenv DOCKER_TLS_VERIFY "1";',
    emacs: '(setenv "DOCKER_TLS_VERIFY" "1")',
  };
  const unset: Record<string, string> = {
    bash: 'unset DOCKER_HOST',
    fish: 'set -e DOCKER_HOST;',
    powershell: 'Remove-Item Env:\\DOCKER_HOST',
    cmd: 'SET DOCKER_HOST=',
    tcsh: 'unsetenv DOCKER_HOST;',
    nu: `$env.DOCKER_HOST = ''`,
    emacs: '(setenv "DOCKER_HOST" nil)',
  };
  const hints: Record<string, [string, string]> = {
    bash: ['# Run this command to configure your shell: ', '# eval $(CMD)'],
    fish: ['# Run this command to configure your shell: ', '# eval (CMD)'],
    powershell: ['# Run this command to configure your shell: ', '# & CMD | Invoke-Expression'],
    cmd: ['REM Run this command to configure your shell: ', `REM \t@FOR /f "tokens=*" %i IN ('CMD') DO @%i`],
    nu: [
      '# Run this command to configure your shell: ',
      `# CMD | lines | parse "$env.{name} = '{value}'" | transpose -r | into record | load-env`,
    ],
    tcsh: [': Run this command to configure your shell: ', ': eval `CMD`'],
    emacs: [';; Run this command to configure your shell: ', ';; (with-temp-buffer (shell-command "CMD" (current-buffer)) (eval-buffer))'],
  };

  for (const [name, line] of Object.entries(set)) {
    it(`sets in ${name}`, () => {
      expect(setLines(shellNamed(name), machine, 'linux')[0]).to.equal(line);
    });
  }
  for (const [name, line] of Object.entries(unset)) {
    it(`unsets in ${name}`, () => {
      expect(unsetLines(shellNamed(name))[1]).to.equal(line);
    });
  }
  for (const [name, lines] of Object.entries(hints)) {
    it(`says in ${name} how to use it`, () => {
      expect(usageHint(shellNamed(name), 'CMD')).to.deep.equal(lines);
    });
  }

  for (const name of ['xonsh', 'elvish', 'toString', 'fishy', 'publish', '']) {
    it(`refuses ${JSON.stringify(name)}, whose commands it does not know`, async () => {
      const error = await failureOf(() => shellNamed(name));
      expect(error).to.include({ code: 'SHELL_UNKNOWN', exit: 1 });
      expect(plain(error.hint ?? '')).to.contain('bash, cmd, emacs, fish, nu, powershell, tcsh, zsh');
    });
  }

  it('prints the variables in order, one more on Windows', () => {
    expect(setLines(shellNamed('bash'), machine, 'linux')).to.deep.equal([
      'export DOCKER_TLS_VERIFY="1"',
      'export DOCKER_HOST="tcp://127.0.0.1:12376"',
      'export DOCKER_CERT_PATH="/store/machines/one"',
      'export DOCKER_MACHINE_NAME="one"',
    ]);
    expect(setLines(shellNamed('cmd'), machine, 'win32').at(-1)).to.equal('SET COMPOSE_CONVERT_WINDOWS_PATHS=true');
  });

  it('quotes so that a POSIX shell reads every value back', () => {
    const script = `${shellNamed('bash').set('V', nasty)}\nprintf %s "$V"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).to.equal(nasty);
  });

  it('quotes by the rules of shells that are not installed here', () => {
    expect(shellNamed('fish').set('V', 'a"$b\\')).to.equal('set -gx V "a\\"\\$b\\\\";');
    expect(shellNamed('powershell').set('V', 'a"$b`\\')).to.equal('$Env:V = "a`"`$b``\\"');
    expect(shellNamed('powershell').set('V', '\u201Ca\u201D \u201E \u2019')).to.equal('$Env:V = "`\u201Ca`\u201D `\u201E \u2019"');
    expect(shellNamed('tcsh').set('V', `a'b!c$d`)).to.equal(`setenv V 'a'\\''b\\!c$d';`);
    expect(shellNamed('cmd').set('V', 'C:\\a & b')).to.equal('SET "V=C:\\a & b"');
    expect(shellNamed('emacs').set('V', 'a"\\')).to.equal('(setenv "V" "a\\"\\\\")');
  });

  it('quotes words only where a shell needs it', () => {
    expect(['/a/b-1.pem', '--a=b', ''].map((word) => quote(word))).to.deep.equal(['/a/b-1.pem', '--a=b', `''`]);
    expect(execFileSync('sh', ['-c', `printf %s ${quote(nasty)}`], { encoding: 'utf8' })).to.equal(nasty);
  });
});

describe('cli: shell detection', () => {
  it('takes the last part of SHELL', () => {
    expect(detectShell({ SHELL: '/usr/bin/fish' }, 'linux')).to.equal('fish');
  });
  it('refuses to guess without SHELL', async () => {
    expect(await failureOf(() => detectShell({}, 'linux'))).to.include({ code: 'SHELL_UNKNOWN', message: 'Error: Unknown shell', exit: 1 });
  });
  it('knows the shells of Windows', () => {
    expect(detectShell({ SHELL: 'C:\\Git\\bin\\bash.exe' }, 'win32')).to.equal('bash');
    expect(detectShell({ SHELL: '/bin/bash', __fish_bin_dir: '/usr/bin' }, 'win32')).to.equal('fish');
    expect(detectShell({ PSModulePath: 'C:\\Program Files\\WindowsPowerShell\\Modules' }, 'win32')).to.equal('cmd');
    expect(detectShell({ PSModulePath: 'D:\\me\\Documents\\PowerShell\\Modules;C:\\x' }, 'win32')).to.equal('powershell');
  });
});

describe('cli: NO_PROXY', () => {
  const cases: [NodeJS.ProcessEnv, Record<string, string>][] = [
    [{}, { NO_PROXY: '10.0.0.1' }],
    [{ NO_PROXY: 'a,b' }, { NO_PROXY: 'a,b,10.0.0.1' }],
    [
      { NO_PROXY: 'a', no_proxy: 'c' },
      { no_proxy: 'c,10.0.0.1', NO_PROXY: 'a,10.0.0.1' },
    ],
    [{ NO_PROXY: 'a', no_proxy: '' }, { NO_PROXY: 'a,10.0.0.1' }],
    [{ no_proxy: '10.0.0.1,z' }, { no_proxy: '10.0.0.1,z' }],
    [{ NO_PROXY: '10.0.0.11' }, { NO_PROXY: '10.0.0.11,10.0.0.1' }],
  ];
  for (const [env, wanted] of cases) {
    it(`${JSON.stringify(env)} becomes ${JSON.stringify(wanted)}`, () => {
      const names = noProxyNames(env, 'linux');
      expect(Object.fromEntries(names.map((name) => [name, noProxyValue(env[name], '10.0.0.1')]))).to.deep.equal(wanted);
    });
  }
  it('is one variable on Windows, whatever its case', () => {
    expect(noProxyNames({ NO_PROXY: 'a', no_proxy: 'a' }, 'win32')).to.deep.equal(['no_proxy']);
  });
});
