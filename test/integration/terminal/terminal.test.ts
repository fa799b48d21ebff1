import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import { scratch } from '../../helpers/scratch.js';
import { skip } from '../../helpers/skip.js';
import { isInstalled, newUser, type User } from '../shell/shells.js';
import { openPane, type Pane } from './pane.js';

for (const columns of [40, 80]) {
  describe(`a terminal of ${columns} columns`, function () {
    this.timeout(60_000);
    let user: User;
    let pane: Pane;
    let silent: Server;

    before(async function () {
      for (const program of ['tmux', 'bash']) if (!isInstalled(program)) skip(this, `${program} is not installed`);
      user = await newUser(scratch());
      silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
    });
    after(() => {
      silent.close();
    });
    beforeEach(async () => {
      pane = await openPane(user.home, columns, user.env);
    });
    afterEach(() => pane.close());

    for (const names of ['one', 'two three four']) {
      it(`is left as it was by Ctrl-C during create ${names}`, async () => {
        const { port } = silent.address() as AddressInfo;
        await pane.type('stty -g > before', 'Enter');
        const create = `tsmachine create -d generic --generic-ip-address 127.0.0.1 --generic-ssh-port ${port} ${names}`;
        await pane.type(create, 'Enter');
        const running = await pane.waitFor(/ [1-9]s$/m); // a progress line counts its seconds
        for (const line of running.split('\n').filter((text) => / \d+s$/.test(text))) expect(line.length).to.be.below(columns);
        await pane.type('C-c');
        await pane.waitFor(/Run the same command again to[^$]*\n\$$/);
        expect(await pane.shown()).to.not.match(/ \d+s$/m);
        expect([await pane.ask('cursor_flag'), await pane.ask('cursor_x')]).to.deep.equal(['1', '2']);
        await pane.type('echo "status $?"; stty -g > after; echo ended', 'Enter');
        expect(await pane.waitFor(/\nended/)).to.match(/^status 130$/m);
        expect(readFileSync(join(user.home, 'after'), 'utf8')).to.equal(readFileSync(join(user.home, 'before'), 'utf8'));
      });
    }

    it('is not overrun by the help', async () => {
      await pane.type('clear; tsmachine rm --help; echo ended', 'Enter');
      const text = await pane.waitFor(/\nended/);
      expect(text).to.match(/^ {3}--force, -f/m);
      // a line that the terminal had to break would be full to the last column
      for (const line of text.split('\n')) expect(line.length, line).to.be.below(columns + 1);
      expect(text.replace(/\s+/g, ' ')).to.contain('Remove the local configuration even if the machine cannot be removed; implies -y');
    });

    it('shows every machine in ls', async () => {
      await pane.type('clear; tsmachine ls -t 3; echo ended', 'Enter');
      const text = await pane.waitFor(/\nended/);
      expect(text).to.match(/^NAME /m);
      for (const name of ['alpha', 'beta', 'gamma']) expect(text).to.match(new RegExp(`^${name} `, 'm'));
    });
  });
}
