import { expect } from 'chai';

import { errorJson, renderError } from '../../../../src/cli/output/render-error.js';
import { withPrefix } from '../../../../src/cli/output/error-prefix.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import { failureOf } from '../../../helpers/failure.js';

describe('cli: rendered errors', () => {
  const error = new TsmachineError('SSH_AUTH', 'm1 refused every key', { hint: 'ssh-add', cause: new Error('socket closed') });

  it('put the hint on a line of its own and never show a stack', () => {
    expect(renderError(error, { debug: false })).to.deep.equal({ text: 'm1 refused every key\nssh-add', exit: 1 });
  });
  it('show the stacks of error and cause with --debug', () => {
    expect(renderError(error, { debug: true }).text).to.match(
      /^m1 refused every key\nssh-add\nTsmachineError: .*\n\s+at [^]*\ncaused by Error: socket closed\n\s+at /,
    );
  });
  it('have the exit status of their code, or their own', () => {
    expect(renderError(new TsmachineError('USAGE', 'x'), { debug: false }).exit).to.equal(2);
    expect(renderError(new TsmachineError('SSH_AUTH', 'x', { exit: 3 }), { debug: false }).exit).to.equal(3);
  });
  it('tell how to learn more about a fault of tsmachine itself', () => {
    expect(renderError(new TypeError('oops'), { debug: false })).to.deep.equal({
      text: 'oops\nRun it again with --debug to see where the error came from',
      exit: 1,
    });
    expect(renderError('thrown text', { debug: false }).text).to.match(/^thrown text\n/);
  });
  it('are objects for scripts', () => {
    expect(errorJson(error)).to.deep.equal({ error: { code: 'SSH_AUTH', message: 'm1 refused every key', hint: 'ssh-add' } });
    expect(errorJson(new Error('oops'))).to.deep.equal({ error: { code: 'INTERNAL', message: 'oops' } });
  });
  it('do not fill the screen with what a host said', () => {
    const long = new TsmachineError('REMOTE_COMMAND', 'x'.repeat(1_000_000));
    expect(renderError(long, { debug: false }).text).to.match(/^x{10000}\.\.\. \(990000 more characters\)$/);
    expect(errorJson(long).error.message.length).to.be.below(11_000);
  });
  it("get Docker Machine's prefix, but an interruption does not", async () => {
    const prefixed = await failureOf(withPrefix('Error removing host "m1": ', () => Promise.reject(error)));
    expect(prefixed).to.include({ code: 'SSH_AUTH', message: 'Error removing host "m1": m1 refused every key', hint: 'ssh-add' });
    const cancelled = new TsmachineError('CANCELLED', 'Interrupted');
    expect(await failureOf(withPrefix('x', () => Promise.reject(cancelled)))).to.equal(cancelled);
  });
});
