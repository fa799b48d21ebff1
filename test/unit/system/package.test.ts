import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { run } from '../../../src/system/processes/exec.js';
import { packageRoot, pageAddress, packageVersion, readTemplate } from '../../../src/system/package.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

describe('the package', () => {
  it('knows its folder and its version', () => {
    expect(packageRoot()).to.equal(root);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(packageVersion()).to.equal(version);
  });

  it('knows the web address of a page that exists', () => {
    const [, page = ''] = /^https:\/\/\S+\/blob\/main\/docs\/(.+)$/.exec(pageAddress('swarm-file.md')) ?? [];
    expect(existsSync(join(root, 'docs', page))).to.equal(true);
    expect(pageAddress(page)).not.to.contain('#');
  });

  it("is found from the build's depth, past the package.json of others", async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'dist', 'src', 'system'), { recursive: true });
    mkdirSync(join(folder, 'dist', 'src', 'core'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"name":"tsmachine","version":"9.8.7","type":"module"}');
    writeFileSync(join(folder, 'dist', 'package.json'), '{"name":"other","version":"1.0.0","type":"module"}');
    cpSync(join(root, 'src/system/package.ts'), join(folder, 'dist/src/system/package.ts'));
    cpSync(join(root, 'src/base'), join(folder, 'dist/src/base'), { recursive: true });
    const script = `import('${join(folder, 'dist/src/system/package.ts')}').then((m) => console.log(m.packageRoot(), m.packageVersion()))`;
    expect((await run(process.execPath, ['--import=tsx', '-e', script], { cwd: root })).stdout).to.equal(`${folder} 9.8.7\n`);
  });

  it('reads templates, and says when the installation lacks one', async () => {
    const error = await failureOf(readTemplate('no/such.sh'));
    expect(error.code).to.equal('INTERNAL');
    expect(error.message).to.contain('templates/no/such.sh');
    const some = ['provision', 'generic'].find((folder) => existsSync(join(root, 'templates', folder)));
    expect(some).to.be.a('string');
  });
});
