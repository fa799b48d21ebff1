import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { program } from '../../helpers/cli.js';
import { skip } from '../../helpers/skip.js';
import { openPane } from '../terminal/pane.js';
import { emptyQcow2 } from './disk.js';
import { Guests } from './guests.js';
import { Playground } from './playground.js';

describe('virtualbox: an image that is fetched, in a terminal', () => {
  let here: Playground;
  let server: Server;
  /** Lets the rest of the image go at once. */
  let rest = () => {};

  before(function () {
    if (spawnSync('tmux', ['-V']).error) skip(this, 'needs tmux');
  });
  beforeEach(async () => {
    here = await Playground.open();
    here.vbox.guests = new Guests();
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await here.close();
  });

  /** Comes in drops. */
  const slowly = async (content: Buffer) => {
    server = createServer((_request, response) => {
      let sent = 0;
      response.writeHead(200, { 'content-length': content.length });
      const drop = setInterval(() => {
        response.write(content.subarray(sent, (sent += 2000)));
      }, 20);
      response.on('close', () => {
        clearInterval(drop);
      });
      rest = () => {
        clearInterval(drop);
        response.end(content.subarray(sent));
      };
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.qcow2#sha256:${createHash('sha256').update(content).digest('hex')}`;
  };

  it('tells bytes, rate and time left', async () => {
    const image = await slowly(emptyQcow2(20_000_000));
    const pane = await openPane(here.dir, 140, { ...process.env, ...here.env, MACHINE_STORAGE_PATH: here.store });
    try {
      await pane.type(
        `${process.execPath} ${program} create -d virtualbox --virtualbox-no-vtx-check --virtualbox-nat-only --virtualbox-image ${image} m1`,
        'Enter',
      );
      await pane.waitFor(/Downloading disk\.qcow2: \d+(\.\d)? KiB of 19\.1 MiB \(\d+ %\), \d+(\.\d)? KiB\/s, (\d+ min )?\d+ s left/);
      rest();
      const end = await pane.waitFor(/Docker is up and running!/);
      expect(end).not.to.match(/KiB\/s/);
    } finally {
      await pane.close();
    }
    await here.removed();
  });
});
