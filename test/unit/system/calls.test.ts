import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import { commandLine, listenToCalls, reporting, type OutsideCall } from '../../../src/system/calls.js';
import { get } from '../../../src/system/http/http-get.js';
import { run } from '../../../src/system/processes/exec.js';
import { runForeground } from '../../../src/system/processes/foreground.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';
import { line } from '../commands/line.js';

/** What was told while `work` ran, without the times. */
async function toldBy(work: () => Promise<unknown>): Promise<string[]> {
  const calls: OutsideCall[] = [];
  const stop = listenToCalls((call) => calls.push(call));
  try {
    await work();
  } finally {
    stop();
  }
  expect(calls.every(({ milliseconds }) => Number.isInteger(milliseconds) && milliseconds >= 0)).to.equal(true);
  return calls.map(({ what, result }) => `${what}: ${result}`);
}

describe('calls to the outside', () => {
  const folder = scratch();
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer((_request, response) => {
      response.writeHead(204).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
  });

  it('are told with their result: programs of this computer', async () => {
    expect(await toldBy(() => run('sh', ['-c', 'exit 3'], { ok: [3] }))).to.deep.equal(['run: sh -c exit 3: exit status 3']);
    const options = { signal: new AbortController().signal, env: process.env };
    expect(await toldBy(() => runForeground('true', [], options))).to.deep.equal(['run: true: exit status 0']);
    expect(await toldBy(() => failureOf(run('sh', ['-c', 'exit 3'])))).to.deep.equal([
      'run: sh -c exit 3: failed: "sh -c exit 3" failed with exit status 3',
    ]);
  });

  it('are told with their result: servers, without the login in their address', async () => {
    const url = new URL(`http://user:hidden@${origin}/list`);
    const told = await toldBy(async () => (await get(url, { idleTimeout: 5000, env: {} })).resume());
    expect(told).to.have.length(1);
    expect(told[0])
      .to.match(/^fetch: \S+\/list: 204$/)
      .and.not.to.contain('hidden');
  });

  it('are told with their result: hosts and engines', async () => {
    const told = await toldBy(() => reporting('engine m1: GET /info', () => Promise.resolve(200), String));
    expect(told).to.deep.equal(['engine m1: GET /info: 200']);
  });

  it('never show the value of a word that is named like a secret', () => {
    expect(commandLine('x', ['--password', 'p', '--api-token=t', '-v', 'shown'])).to.equal('x --password ... --api-token=... -v shown');
    expect(commandLine('x', ['y'.repeat(1000)])).to.have.length(300);
  });

  it('are printed on stderr by --debug, and only by it', async () => {
    const store = join(folder, 'store');
    await line(['-s', store, 'create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'm1']);
    const told = /^debug: engine m1 \(tcp:\/\/127\.0\.0\.1:1\): GET \/version: failed: [^\n]+ \(\d+ ms\)$/m;
    const debugged = await line(['-s', store, '-D', 'ls']);
    expect(debugged.stderr).to.match(told);
    expect(debugged.stdout).not.to.contain('debug: ');
    expect((await line(['-s', store, 'ls'])).stderr).not.to.contain('debug: ');
  });
});
