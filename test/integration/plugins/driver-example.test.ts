import { execFileSync } from 'node:child_process';
import type { Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import ts from 'typescript';

import { createMachine } from '../../../src/machine/create.js';
import { addDriver } from '../../../src/machine/drivers/add.js';
import { driverReport } from '../../../src/machine/drivers/info.js';
import { removeDriver } from '../../../src/machine/drivers/remove.js';
import { listMachines } from '../../../src/machine/list.js';
import { removeMachine } from '../../../src/machine/remove.js';
import { createRequest } from '../../../src/machine/request/create-request.js';
import { openSession, type Session } from '../../../src/session.js';
import { scratch } from '../../helpers/scratch.js';
import '../../helpers/state-dir.js';
import { Nimbus } from '../../stand-ins/nimbus.js';
import { textOf } from '../../unit/architecture/sources.js';

const page = textOf('docs/writing-a-driver.md');
const [, program = ''] = /^```ts\n(\/\/ nimbus\.ts\n.*?)^```$/ms.exec(page) ?? [];
const [, packageJson = ''] = /^```json\n(.*?)^```$/ms.exec(page.slice(page.indexOf('## Publishing'))) ?? [];

describe('the example of docs/writing-a-driver.md, as a package', () => {
  const nimbus = new Nimbus();
  let server: Server;
  let tarball: string;
  let session: Session;

  before(async () => {
    const served = await nimbus.serve('correct-horse');
    ({ server } = served);
    // no host answers SSH at the addresses of this cloud
    const here = program.replace('https://api.nimbus.example', served.address).replace('provision: true', 'provision: false');
    const folder = scratch();
    const { outputText } = ts.transpileModule(here, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
    writeFileSync(join(folder, 'nimbus.js'), outputText);
    writeFileSync(join(folder, 'package.json'), packageJson);
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const packed = execFileSync(npm, ['pack', '--silent', '--offline'], { cwd: folder, encoding: 'utf8' }).trim();
    tarball = join(folder, packed);
    session = openSession({ storePath: scratch(), env: { ...process.env, NIMBUS_TOKEN: 'correct-horse' } });
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  it('is packed by npm, added, makes a machine, lists it and removes it', async () => {
    const added = await addDriver(session, tarball, { agree: () => Promise.resolve(true) });
    expect(added).to.deep.include({ package: 'tsmachine-driver-nimbus', driver: 'nimbus', version: '1.0.0' });
    const { problem, flags } = await driverReport(session, 'nimbus');
    expect([problem, flags?.map(({ name }) => name)]).to.deep.equal([undefined, ['nimbus-token', 'nimbus-memory']]);
    await createMachine(session, await createRequest(session, { name: 'n1', driver: 'nimbus', flags: { 'nimbus-memory': 8 } }));
    const [made] = [...nimbus.servers.values()];
    expect(made).to.deep.include({ name: 'n1', memory: 8 });
    const config = await session.store.load('n1');
    expect(config.config.Driver).to.include({ ServerId: made?.id, IPAddress: made?.ip });
    expect(JSON.stringify(config)).not.to.contain('correct-horse');
    const machines = await listMachines(session);
    expect(machines.map(({ name, driverName, state }) => ({ name, driverName, state }))).to.deep.equal([
      { name: 'n1', driverName: 'nimbus', state: 'Running' },
    ]);
    await removeMachine(session, 'n1', { force: false });
    expect(nimbus.servers.size).to.equal(0);
    expect(await removeDriver(session, 'nimbus')).to.deep.equal(['tsmachine-driver-nimbus']);
  });
});
