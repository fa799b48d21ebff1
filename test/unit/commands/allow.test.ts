import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { line } from './line.js';

describe('allow', () => {
  let store: string;
  before(async () => {
    store = mkdtempSync(join(tmpdir(), 'allow-'));
    expect((await line(['-s', store, 'create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'm1'])).code).to.equal(0);
  });
  after(() => {
    rmSync(store, { recursive: true });
  });

  it('refuses what is no network, by the name of the flag', async () => {
    const { code, stderr } = await line(['-s', store, 'allow', '--cidr', '203.0.113.7/33', 'm1']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('--cidr').and.contain('203.0.113.7/33');
  });

  it('says of a driver that closes nothing that there is nothing to open', async () => {
    const { code, stderr } = await line(['-s', store, 'allow', 'm1']);
    expect(code).not.to.equal(0);
    expect(stderr).to.contain('The driver none closes nothing, so there is nothing to open for m1');
  });
});
