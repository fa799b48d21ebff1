import { expect } from 'chai';

import { suggestions } from '../../../../src/cli/line/suggestions.js';
import { filesBelow } from '../../architecture/sources.js';
import { line } from '../../commands/line.js';

const ids = filesBelow('src/commands').map((file) => file.replace(/^src\/commands\/(.*)\.ts$/, '$1').replace('/', ':'));

describe('cli: suggestions for what is no command', () => {
  const meant: Record<string, readonly string[]> = {
    delete: ['rm'],
    destroy: ['rm'],
    remove: ['rm'],
    DELETE: ['rm'],
    exec: ['ssh'],
    shell: ['ssh'],
    login: ['ssh'],
    list: ['ls'],
    ps: ['ls'],
    add: ['create'],
    new: ['create'],
    up: ['start', 'create', 'swarm up'],
    down: ['stop', 'rm'],
    connect: ['env', 'ssh'],
    info: ['inspect', 'status'],
    'swarm ls': ['swarm nodes', 'swarm status'],
    'swarm rm': ['swarm leave', 'swarm down'],
    'swarm add': ['swarm join'],
    'swarm delete': ['swarm down', 'swarm leave'],
    'context delete': ['context rm'],
    // by letters, where no meaning is known
    strat: ['start'],
    'swarm innit': ['swarm init'],
    'swarm ssh': ['ssh'],
    promote: ['swarm promote'],
    quux: [],
    'swarm quux': [],
    // words that every object has
    constructor: [],
  };
  for (const [typed, wanted] of Object.entries(meant)) {
    it(`${typed}: ${wanted.join(' or ') || 'none'}`, async () => {
      const { code, stderr } = await line(typed.split(' '));
      expect(code).to.equal(2);
      const hint = wanted.length === 0 ? '' : `Did you mean ${wanted.map((id) => `'${id}'`).join(' or ')}?\n`;
      expect(stderr.replace(/^[^\n]*\n/, '')).to.equal(hint);
    });
  }

  it('are commands that exist, for words that are none', () => {
    const words = ids.flatMap((id) => [id, `swarm:${id}`, `context:${id}`]);
    for (const id of words) for (const found of suggestions(id.split(':'), ids)) expect(ids, id).to.include(found);
  });
});
