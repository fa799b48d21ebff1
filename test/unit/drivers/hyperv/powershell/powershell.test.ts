import { expect } from 'chai';

import { runScript } from '../../../../../drivers/hyperv/powershell/powershell.js';
import { TsmachineError } from '../../../../../src/base/errors.js';
import type { ExecOptions, ExecResult } from '../../../../../src/driver/contract.js';
import { computerFiles } from '../../../../../src/machine/access/files.js';
import { failureOf, hintOf } from '../../../../helpers/failure.js';

type Program = (file: string, args: readonly string[], options?: ExecOptions) => ExecResult;

function run(program: Program, { input = {}, platform = 'win32' } = {}): Promise<unknown> {
  const exec = async (file: string, args: readonly string[], options?: ExecOptions) => Promise.resolve(program(file, args, options));
  return runScript('start', input, { machineName: 'm1', files: computerFiles, exec }, platform);
}

const said =
  (stdout: string, stderr = '') =>
  () => ({ exitCode: 0, stdout, stderr });
const missing = () => {
  throw new TsmachineError('COMMAND_MISSING', 'not there');
};

describe('calls of PowerShell', () => {
  it('send one line of ASCII and read the last one', async () => {
    const value = await run(
      (file, args, options) => {
        expect(file).to.equal('powershell');
        expect(args.slice(0, 3)).to.deep.equal(['-NoProfile', '-NonInteractive', '-Command']);
        expect(args).to.have.length(4);
        expect(options?.input).to.equal('{"path":"C:\\\\Users\\\\J\\u00fcrgen\\\\$(calc) \'x\'; \\"y\\""}\n');
        return { exitCode: 0, stdout: 'WARNING: it runs already\r\n{"value":"J\\u00fcrgen"}\r\n', stderr: '' };
      },
      { input: { path: 'C:\\Users\\Jürgen\\$(calc) \'x\'; "y"' } },
    );
    expect(value).to.equal('Jürgen');
  });

  it("take pwsh where there is no powershell; Windows's own never sees that one's modules", async () => {
    const seen: Record<string, ExecOptions['env']> = {};
    expect(
      await run((file, _args, options) => {
        seen[file] = options?.env;
        return file === 'pwsh' ? said('{"value":7}')() : missing();
      }),
    ).to.equal(7);
    expect(seen).to.deep.equal({ powershell: { PSModulePath: undefined }, pwsh: {} });
  });

  it('say what is missing where there is neither', async () => {
    expect(await failureOf(run(missing))).to.include({ code: 'COMMAND_MISSING', message: 'Powershell was not found in the path' });
    const failure = await failureOf(run(missing, { platform: 'darwin' }));
    expect(failure).to.include({ code: 'DRIVER_UNSUPPORTED', message: 'Hyper-V is a part of Windows' });
    expect(hintOf(failure)).to.equal('Here, use: tsmachine create -d virtualbox m1');
  });

  for (const [message, id, code, hint] of [
    ['Not enough memory to start the virtual machine (0x8007000E).', 'OutOfMemory,StartVM', 'DRIVER_FAILED', /--hyperv-memory/],
    ['Nicht genügend Speicherplatz auf dem Datenträger (0x80070070).', 'OperationFailed,NewVHD', 'STORE_FULL', /--storage-path/],
    ['Sie besitzen nicht die erforderliche Berechtigung.', 'AccessDenied,GetVM', 'DRIVER_FAILED', /administrator/],
    ['The hypervisor is not running.', 'OperationFailed', 'DRIVER_FAILED', /hypervisorlaunchtype/],
  ] as const) {
    it(`explain "${message}"`, async () => {
      const failure = await failureOf(run(said(JSON.stringify({ error: { message, id } }))));
      expect(failure).to.include({ code, message: `Hyper-V could not start the VM: ${message}` });
      expect(failure.hint).to.match(hint);
    });
  }

  it('do not take half an answer for a whole one', async () => {
    for (const stdout of ['', '{"value":', '[]', '{"other":1}']) {
      const failure = await failureOf(run(said(stdout, 'The script was blocked by a policy\n')));
      const message = 'PowerShell did not answer (start):\nThe script was blocked by a policy';
      expect(failure).to.include({ code: 'DRIVER_FAILED', message });
    }
  });

  it('name the script, not its text, when it does not end in time', async () => {
    const failure = await failureOf(
      run((file, args) => {
        throw new TsmachineError('COMMAND_FAILED', `${[file, ...args].join(' ')} did not finish within 120 s and was ended`);
      }),
    );
    expect(failure.message).to.equal('powershell -NoProfile -NonInteractive -Command start did not finish within 120 s and was ended');
  });
});
