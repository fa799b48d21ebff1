import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';

import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';

describe('ten first creates at the same time', () => {
  const names = Array.from({ length: 10 }, (_, i) => `p${i}`);
  let lab: Lab;
  let store: string;
  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
  });
  after(async () => {
    await tsmachine(['rm', '-f', ...names], { store });
    await lab.close();
  });

  it('make one CA and ten working machines, each in a process of its own', async () => {
    const made = await Promise.all(names.map((name) => succeed(['create', '-d', 'nspawn', name], { store })));
    expect(made.filter(({ stdout }) => stdout.includes('Creating CA:'))).to.have.length(1);
    const ca = new X509Certificate(await readFile(join(store, 'certs', 'ca.pem')));
    for (const name of names) {
      const server = new X509Certificate(await readFile(join(store, 'machines', name, 'server.pem')));
      expect(server.verify(ca.publicKey), name).to.equal(true);
    }
    const { stdout } = await succeed(['ls'], { store });
    expect(stdout.match(/Running +tcp:\S+ +v\d/g)).to.have.length(10);
    expect(new Set(stdout.match(/tcp:\S+/g))).to.have.property('size', 10);
  });
});
