import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { driverNames } from '../../../src/machine/access/driver-registry.js';
import { program } from '../../helpers/cli.js';
import { scratch } from '../../helpers/scratch.js';
import { skip } from '../../helpers/skip.js';
import { isInstalled, newUser, quoted, runIn, type User } from './shells.js';

/** Completes a half-typed line and returns what the shell would insert or list. */
type Complete = (user: User, line: string) => string[];

const bash: Complete = (user, line) => {
  // bash cuts words at = and : before it calls the function
  const words = line
    .replace(/\S+/g, (word) =>
      word
        .split(/([=:])/)
        .filter((part) => part !== '')
        .join(' '),
    )
    .split(' ');
  const script = [
    'eval "$(tsmachine completion bash)"',
    'compopt() { :; }', // only works while bash itself completes
    `COMP_WORDS=(${words.map(quoted).join(' ')}) COMP_CWORD=${words.length - 1} COMP_LINE=${quoted(line)} COMP_POINT=${line.length}`,
    '__tsmachine_complete tsmachine',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ];
  return found(runIn(user, 'bash', '--norc', '-c', script.join('\n')));
};

const zsh: Complete = (user, line) => {
  const words = line.split(' ');
  const script = [
    'compdef() { : }',
    'eval "$(tsmachine completion zsh)"',
    'compadd() { print -rl -- "${(@P)@[-1]}" }',
    '_files() { print -rl -- *(N) }', // the built-in ones only work while zsh itself completes
    `words=(${words.map(quoted).join(' ')}) CURRENT=${words.length} PREFIX=${quoted(words.at(-1) ?? '')}`,
    '__tsmachine_complete',
  ];
  return found(runIn(user, 'zsh', '-f', '-c', script.join('\n')));
};

const fish: Complete = (user, line) =>
  found(runIn(user, 'fish', '--no-config', '-c', `tsmachine completion fish | source; complete -C ${quoted(line)}`)).map(
    (text) => text.split('\t')[0] ?? '',
  );

function found(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

const shells: [name: string, complete: Complete][] = [
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
];

for (const [name, complete] of shells) {
  describe(`completion in ${name}`, function () {
    this.timeout(60_000);
    let user: User;
    before(async function () {
      if (!isInstalled(name)) skip(this, `${name} is not installed`);
      user = await newUser(scratch());
    });

    const exactly: [line: string, expected: string[]][] = [
      ['tsmachine reg', ['regenerate-certs']],
      ['tsmachine status ', ['alpha', 'beta', 'gamma']],
      ['tsmachine rm -f alpha ', ['beta', 'gamma']],
      ['tsmachine ssh ', ['gamma']],
      ['tsmachine ssh gamma ', []],
      ['tsmachine env --shell p', ['powershell']],
      ['tsmachine ls --filter ', ['driver=', 'label=', 'name=', 'state=', 'swarm=']],
      ['tsmachine create -d n', ['none', 'nspawn']],
      ['tsmachine create -d generic --generic-ssh-k', ['--generic-ssh-key']],
      ['tsmachine create -d none --generic', []],
      ['tsmachine create -d nowhere --tls', ['--tls-ca-cert', '--tls-ca-key', '--tls-client-cert', '--tls-client-key', '--tls-san']],
      ['tsmachine --native-ssh inspect a', ['alpha']],
      ['tsmachine -s /nowhere inspect ', []],
      ['tsmachine nonsense ', []],
      ['tsmachine completion ', ['bash', 'fish', 'powershell', 'zsh']],
      ['tsmachine help us', ['use']],
      ['tsmachine contex', ['context']],
      ['tsmachine context ', ['create', 'ls', 'rm']],
      ['tsmachine context rm alp', ['alpha']],
      ['tsmachine adopt -d generic --generic-ssh-k', ['--generic-ssh-key']],
    ];
    for (const [line, expected] of exactly) {
      it(`"${line}"`, () => {
        expect(complete(user, line).sort()).to.deep.equal(expected);
      });
    }

    it('values behind "="', () => {
      // bash has the part before "=" already
      const head = name === 'bash' ? '' : '--driver=';
      expect(complete(user, 'tsmachine create --driver=ge')).to.deep.equal([`${head}generic`]);
      expect(complete(user, 'tsmachine create --driver=').sort()).to.deep.equal(driverNames().map((driver) => head + driver));
      expect(complete(user, 'tsmachine ls --filter state=Sto').sort()).to.deep.equal(
        ['Stopped', 'Stopping'].map((state) => (name === 'bash' ? state : `state=${state}`)),
      );
    });

    it('files where a path is expected', () => {
      const files = complete(user, 'tsmachine create -d generic --generic-ssh-key k').map((file) => file.replaceAll('\\', ''));
      expect(files).to.include.members(['key one', 'key two']);
    });
  });
}

describe('completion for PowerShell', () => {
  it('registers a completer and closes what it opens', () => {
    const text = readFileSync(join(program, '..', '..', 'templates', 'shell', 'tsmachine.ps1'), 'utf8');
    expect(text).to.contain("Register-ArgumentCompleter -Native -CommandName '@PROGRAM@'");
    const code = text.replace(/#.*$/gm, '').replace(/'[^']*'|"[^"]*"/g, '');
    for (const [open, close] of ['{}', '()', '[]']) expect(code.split(open ?? '').length, open).to.equal(code.split(close ?? '').length);
  });

  it('asks for a new word with a flag, because it loses empty arguments', async () => {
    const user = await newUser(scratch());
    expect(found(runIn(user, 'tsmachine', 'completion', '--words', '--new-word', '--', 'status'))).to.deep.equal([
      'alpha\t',
      'beta\t',
      'gamma\t',
    ]);
  });
});
