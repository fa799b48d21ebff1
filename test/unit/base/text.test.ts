import { expect } from 'chai';

import { evaluate, join, lines, namesCommands, plain, run, say } from '../../../src/base/text.js';

describe('text that names commands', () => {
  it('is written in the name that was typed', () => {
    const text = say`Free it first: ${run('swarm', 'leave', 'm1')}, or ${run('rm', '-y', 'm1')}`;
    expect(plain(text)).to.equal('Free it first: tsmachine swarm leave m1, or tsmachine rm -y m1');
    expect(plain(text, 'docker-machine')).to.equal('Free it first: docker-machine swarm leave m1, or docker-machine rm -y m1');
  });

  it('quotes words for a shell, and leaves placeholders alone', () => {
    expect(plain(run('ssh', 'm1', 'sudo docker info'))).to.equal("tsmachine ssh m1 'sudo docker info'");
    expect(plain(run('create', '-d', 'generic', '...', 'NAME'))).to.equal('tsmachine create -d generic ... NAME');
  });

  it('has the shell evaluate what is meant for it', () => {
    expect(plain(evaluate('env', 'm1'))).to.equal('eval $(tsmachine env m1)');
  });

  it('nests, and is a string where no command is named', () => {
    expect(say`${3} of ${'four'}`).to.equal('3 of four');
    expect(say`a ${say`b ${run('ls')}`} c`).to.deep.equal({ parts: ['a b ', { run: ['ls'] }, ' c'] });
  });

  it('is joined, and told once line by line', () => {
    expect(plain(join(['a', run('ls')], ' and '))).to.equal('a and tsmachine ls');
    expect(plain(lines(['a', undefined, say`b ${run('ls')}`, 'a', say`b ${run('ls')}`]) ?? '')).to.equal('a\nb tsmachine ls');
    expect(lines([undefined, ''])).to.equal(undefined);
  });

  it('is told apart from other values of a result', () => {
    expect([run('ls'), evaluate('env', 'm1'), say`x ${run('ls')}`].every(namesCommands)).to.equal(true);
    expect(['ls', ['run'], { run: 'ls' }, { run: [], name: 'x' }, null].some(namesCommands)).to.equal(false);
  });
});
