import { spawnSync } from 'node:child_process';

import { expect } from 'chai';

import { scratch } from '../../helpers/scratch.js';
import { skip } from '../../helpers/skip.js';
import { tsmachine } from '../../helpers/cli.js';
import { isInstalled, newUser, runIn, type User } from './shells.js';

const load = {
  bash: 'eval "$(tsmachine completion bash)"',
  zsh: 'compdef() { : }; eval "$(tsmachine completion zsh)"',
  fish: 'tsmachine completion fish | source',
};
const options = { bash: ['--norc', '-u', '-c'], zsh: ['-f', '-u', '-c'], fish: ['--no-config', '-c'] };

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  describe(`the functions for ${shell}`, function () {
    this.timeout(60_000);
    let user: User;
    const run = (...lines: string[]) => runIn(user, shell, ...options[shell], [load[shell], ...lines].join('\n'));
    before(async function () {
      if (!isInstalled(shell)) skip(this, `${shell} is not installed`);
      user = await newUser(scratch());
    });

    it('use makes a machine the active one of this shell', () => {
      expect(run('tsmachine use alpha', 'echo "[$DOCKER_MACHINE_NAME]"')).to.equal('Active machine: alpha\n[alpha]\n');
    });

    it('use passes failures on and sets nothing', () => {
      const lines = [load[shell], 'tsmachine use nope', shell === 'fish' ? 'echo $status' : 'echo $?', 'echo "[$DOCKER_MACHINE_NAME]"'];
      const { stdout, stderr } = spawnSync(shell, [...options[shell].filter((word) => word !== '-u'), lines.join('\n')], {
        env: user.env,
        encoding: 'utf8',
      });
      expect(stdout).to.equal('1\n[]\n');
      expect(stderr).to.match(/^Docker machine "nope" does not exist/);
    });

    it('use alone explains itself', () => {
      expect(run('tsmachine use')).to.match(/^Usage: tsmachine use/);
    });
    it('everything else goes to the program', () => {
      expect(run('tsmachine ls -q')).to.equal('alpha\nbeta\ngamma\n');
    });

    it('TSMACHINE_WRAPPED=false leaves the program alone', () => {
      const { status, stderr } = spawnSync(shell, [...options[shell], `${load[shell]}\ntsmachine use alpha`], {
        env: { ...user.env, TSMACHINE_WRAPPED: 'false' },
        encoding: 'utf8',
      });
      expect(status).to.equal(1);
      expect(stderr).to.match(/needs a shell function/);
    });

    it('the prompt shows the active machine and only then', () => {
      const show =
        shell === 'fish'
          ? ['__tsmachine_ps1', 'set -gx DOCKER_MACHINE_NAME m%1', '__tsmachine_ps1', "__tsmachine_ps1 '<%s>'"]
          : ['__tsmachine_ps1', 'DOCKER_MACHINE_NAME=m%1', '__tsmachine_ps1', "__docker_machine_ps1 '<%s>'"];
      expect(run(...show)).to.equal(' [m%1]<m%1>');
    });

    if (shell === 'fish') return; // its prompt shows no state

    it('the prompt shows the state when asked to', () => {
      const states = ['Running', 'Stopping', 'Starting', 'Error', 'Timeout', 'Stopped'];
      const lines = states.map((state) => `STATE=${state} __tsmachine_ps1 '%s;'`);
      expect(run('export STATE DOCKER_MACHINE_NAME=m', 'TSMACHINE_PS1_SHOWSTATUS=true', ...lines)).to.equal(
        'm R;m R->S;m S->R;m E;m E;m S;',
      );
    });
  });
}

describe('use without the functions', () => {
  it('says how to get them, for the shell that is used', async () => {
    for (const [SHELL, how] of [
      ['/bin/zsh', 'eval "$(tsmachine completion zsh)"'],
      ['/usr/bin/fish', 'tsmachine completion fish | source'],
    ]) {
      const { code, stdout, stderr } = await tsmachine(['use', 'm 1'], { store: '/nowhere', env: { SHELL } });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.contain(how).and.to.contain('env --shell ').and.to.contain("'m 1'");
    }
  });
});
