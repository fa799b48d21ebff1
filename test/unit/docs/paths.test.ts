import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { expect } from 'chai';

import { filesBelow, root, textOf } from '../architecture/sources.js';

const pages = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...filesBelow('docs').filter((file) => file.endsWith('.md'))];

/** Folders of this repository. What else stands in back-quotes with a slash is a path of a host or of the store. */
const ofThisRepository = /^(src|drivers|test|templates|docs|scripts|bench|bin|examples)\//;

/** Words in back-quotes outside of code blocks that name files or folders of this repository. */
function pathsOf(text: string): string[] {
  const prose = text.replaceAll(/^\s*```[^]*?^\s*```/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '').filter((word) => ofThisRepository.test(word));
}

/** Whether a path exists; `*` stands for any part of a name. */
function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(root, path));
  const pattern = new RegExp(
    `^${path
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]*')}(/|$)`,
  );
  return filesBelow(path.split('/', 1)[0] ?? '').some((file) => pattern.test(file));
}

interface Link {
  readonly page: string;
  readonly anchor: string | undefined;
}

/** Links to other pages and to sections, relative to the repository. */
function linksOf(page: string, text: string): Link[] {
  const prose = text.replaceAll(/^\s*```[^]*?^\s*```/gm, '');
  return [...prose.matchAll(/\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(([, target = '', anchor]) => ({
    page: target === '' ? page : posix.join(dirname(page), target),
    anchor,
  }));
}

/** The anchors that Markdown renderers give to the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('documentation', () => {
  it('finds the pages, and paths in them', () => {
    expect(pages).to.include.members(['docs/README.md', 'docs/architecture.md', 'docs/contributing.md']);
    expect(pathsOf(textOf('docs/contributing.md'))).to.include.members(['src/machine/create.ts', 'templates/provision/']);
    expect(exists('src/nowhere.ts')).to.equal(false);
    expect(exists('src/nowhere-*.ts')).to.equal(false);
    expect(exists('test/compat/facts-*.ts')).to.equal(true);
  });

  for (const page of pages) {
    it(`${page}: every path of this repository exists`, () => {
      expect(pathsOf(textOf(page)).filter((path) => !exists(path))).to.deep.equal([]);
    });

    it(`${page}: every link leads to a page and a section`, () => {
      const broken = linksOf(page, textOf(page)).filter(
        ({ page: target, anchor }) =>
          !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor)),
      );
      expect(broken).to.deep.equal([]);
    });
  }

  it('docs/contributing.md says of every command which room holds it', () => {
    const [, table = ''] = /^## Which room holds which command$([^]*?)^## /m.exec(textOf('docs/contributing.md')) ?? [];
    const commands = filesBelow('src/commands').map((file) => file.slice('src/commands/'.length, -'.ts'.length).replaceAll('/', ' '));
    expect(commands.filter((command) => command !== 'help' && !table.includes(`\`${command}\``))).to.deep.equal([]);
  });

  it('every section of docs/compatibility.md that code refers to exists', () => {
    const titles = [...textOf('docs/compatibility.md').matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
    const missing = ['src', 'drivers', 'test'].flatMap(filesBelow).flatMap((file) =>
      [...textOf(file).matchAll(/docs\/compatibility\.md: ([^)]+)\)/g)]
        .map(([, title = '']) => title.replaceAll(/\s*\n\s*(\*|\/\/)?\s*/g, ' ').trim())
        .filter((title) => !titles.includes(title))
        .map((title) => `${file}: ${title}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('the index of the documentation names every page', () => {
    const named = linksOf('docs/README.md', textOf('docs/README.md')).map(({ page }) => page);
    const present = filesBelow('docs').filter((file) => file !== 'docs/README.md');
    expect(present.filter((file) => !named.includes(file))).to.deep.equal([]);
  });
});
