import { expect } from 'chai';

import { exempt, mostFiles } from './rules.js';
import { crowdedFolders, filesBelow, literalsOf, root, sourceFiles, textOf } from './sources.js';

/** `file:line: what` for every line that a rule refuses. */
function offences(file: string, text: string, rules: readonly (readonly [RegExp, string])[]): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => rules.filter(([pattern]) => pattern.test(line)).map(([, what]) => `${file}:${i + 1}: ${what}`));
}

const localThings = [
  [/(^|[\s'"`=(])\/(work|home\/[a-z][\w-]*|Users\/\w+)\//, "a path of somebody's computer"],
  [/[A-Z]:\\+Users\\+\w/, "a path of somebody's computer"],
  [/registry\.(npmjs|npmmirror|yarnpkg)|verdaccio|artifactory|_authToken/i, 'the address of a package registry'],
] as const;

const terminal = [
  [/\bconsole\s*\.\s*(log|error|warn|info|debug|trace|table|dir)\s*\(/, 'writes to the terminal'],
  [/\bprocess\s*\.\s*(stdout|stderr|stdin)\b/, "uses the process's own streams"],
  [/\bprocess\s*\.\s*(exit|exitCode|abort)\b/, 'ends the process'],
] as const;

/** The first words of the commands: `ls`, `swarm`. */
const commands = new Set(sourceFiles('src/commands').map((file) => file.split('/')[2]?.replace(/\.ts$/, '')));

/** `file:line: text` for every text that names a command by the tool's own name: a link may have given the tool another one. */
function namedCommands(file: string, text?: string): string[] {
  return literalsOf(file, text)
    .filter(({ text: literal }) =>
      [...literal.matchAll(/(?<![\w/.-])tsmachine (--?[a-z]|[a-z][a-z-]+)/g)].some(
        ([, word = '']) => word.startsWith('-') || commands.has(word),
      ),
    )
    .map(({ text: literal, line }) => `${file}:${line}: ${literal}`);
}

/** An interactive session is the person's terminal: it takes the process's streams when it is given no others. */
const interactive = ['src/ssh/system/native-session.ts'];

describe('architecture: what sources say', () => {
  const shipped = ['src', 'drivers', 'bin', 'templates', 'scripts'].flatMap(filesBelow);

  it('finds the files', () => {
    expect(shipped).to.include.members(['src/base/errors.ts', 'bin/run.js', 'scripts/test.mjs']);
  });

  it('holds no path of a computer and no registry address', () => {
    // npm's own default, where nothing else is set
    const known = /^src\/plugins\/npm\/npm-config\.ts:\d+: the address of a package registry$/;
    const found = shipped.flatMap((file) => offences(file, textOf(file), localThings));
    expect(found.filter((one) => !known.test(one))).to.deep.equal([]);
    expect(textOf('src/plugins/npm/npm-config.ts').match(/https?:[^']*/g)).to.deep.equal(['https://registry.npmjs.org/']);
  });

  it('does not name the folder of this very checkout', () => {
    expect(shipped.filter((file) => textOf(file).includes(root))).to.deep.equal([]);
  });

  it('has a lock file without registry addresses', () => {
    expect(textOf('package-lock.json').match(/"resolved"/g)).to.equal(null);
  });

  it('leaves printing and exiting to the command line', () => {
    const engine = sourceFiles('src', 'drivers').filter((file) => !/^src\/(cli|commands)\//.test(file) && !interactive.includes(file));
    expect(engine).to.include('src/base/errors.ts');
    expect(engine.flatMap((file) => offences(file, textOf(file), terminal))).to.deep.equal([]);
  });

  it('prints only where control characters are written out', () => {
    const doors = ['src/cli/terminal/progress.ts', 'src/cli/terminal/prompt.ts'];
    const printers = sourceFiles('src/cli', 'src/commands').filter((file) => /\b(stdout|stderr|screen\[\w+\])\.write\(/.test(textOf(file)));
    expect(printers.sort()).to.deep.equal(doors);
  });

  it('names no command by the name of the tool: run() and say`` do, and the command line puts in the name that was typed', () => {
    expect(commands).to.include.keys('ls', 'swarm', 'create');
    expect(sourceFiles('src', 'drivers').flatMap((file) => namedCommands(file))).to.deep.equal([]);
  });

  it('holds at most 300 lines a file in src and drivers', () => {
    const long = sourceFiles('src', 'drivers').filter((file) => textOf(file).split('\n').length > 301);
    expect(long).to.deep.equal([]);
  });

  it('holds at most 140 columns a line in src and drivers, in strings and comments too, which the formatter does not break', () => {
    const wide = sourceFiles('src', 'drivers').filter((file) =>
      textOf(file)
        .split('\n')
        .some((line) => line.length > 140),
    );
    expect(wide).to.deep.equal([]);
  });

  it(`holds at most ${mostFiles} source files in a folder`, () => {
    expect(
      crowdedFolders(
        sourceFiles('src', 'drivers').filter((file) => !exempt.test(file)),
        mostFiles,
      ),
    ).to.deep.equal([]);
  });
});

describe('architecture: the rules about texts', () => {
  const refused: [string, readonly (readonly [RegExp, string])[]][] = [
    ["const dir = '/home/anna/machines';", localThings],
    ['CACHE=/Users/anna/cache', localThings],
    ['"C:\\\\Users\\\\anna"', localThings],
    ['https://registry.npmjs.org/execa', localThings],
    ['console.log(1)', terminal],
    ['process.stdout.write(text)', terminal],
    ['if (x) process.exit(1);', terminal],
  ];
  for (const [line, rules] of refused) {
    it(`refuse ${line}`, () => {
      expect(offences('x.ts', `\n${line}`, rules))
        .to.have.lengthOf(1)
        .and.to.satisfy(([found]: string[]) => found?.startsWith('x.ts:2: '));
    });
  }

  it('refuse commands in strings and in every part of a template, and nothing else', () => {
    for (const source of [
      "const a = 'Start it: tsmachine start m1';",
      'const a = `tsmachine ls`;',
      'const a = `tsmachine rm ${name}`;',
      'const a = `${name}: tsmachine rm ${other} now`;',
      'const a = say`${name}, or tsmachine swarm up`;',
      "const a = 'eval $(tsmachine env m1)';",
      "const a = 'sudo tsmachine --storage-path /x create m1';",
    ]) {
      expect(namedCommands('x.ts', `\n${source}`), source)
        .to.have.lengthOf(1)
        .and.to.satisfy(([found]: string[]) => found?.startsWith('x.ts:2: '));
    }
    for (const source of [
      '// tsmachine ls',
      "const a = 'another tsmachine works on it';",
      "const a = '/etc/tsmachine create';",
      'const a = say`Start it: ${run("start", name)}`;',
    ]) {
      expect(namedCommands('x.ts', source), source).to.deep.equal([]);
    }
  });

  it('refuse a folder with one file too many', () => {
    const files = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.ts`);
    expect(crowdedFolders([...files('src/a', 3), ...files('src/a/b', 4), 'src/c.ts'], 3)).to.deep.equal(['src/a/b: 4']);
  });

  it('allow paths of every host', () => {
    for (const line of ["'/var/lib/docker'", 'https://example.com/home/index.html', '~/.docker/machine', '/etc/os-release', '/root/.ssh']) {
      expect(offences('x.ts', line, localThings), line).to.deep.equal([]);
    }
  });
});
