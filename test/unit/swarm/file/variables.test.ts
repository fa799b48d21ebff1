import { expect } from 'chai';

import { expandVariables } from '../../../../src/swarm/file/text/variables.js';
import { problemsOf, read, withGroup, withSettings } from './reading.js';

const env = {
  SET: 'value',
  EMPTY: '',
  TRICKY: 'x: [1, ${SET}]\n  role: worker',
  NUMBER: '3',
  TRUE: 'true',
  PASSWORD: 'correct horse',
  NEARLY: 'managre',
};

describe('swarm file: variables', () => {
  const rows: [text: string, result: string][] = [
    ['no variable', 'no variable'],
    ['${SET}', 'value'],
    ['a-${SET}-b-${SET}', 'a-value-b-value'],
    ['${EMPTY}', ''],
    ['${UNSET:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${SET:-default}', 'value'],
    ['${UNSET:-}', ''],
    ['${SET:?why}', 'value'],
    ['$$', '$'],
    ['$${SET}', '${SET}'],
    ['$$$$', '$$'],
    ['5$', '5$'],
    ['$5', '$5'],
    ['${UNSET:-a b:c?d-e}', 'a b:c?d-e'],
    ['${TRICKY}', 'x: [1, ${SET}]\n  role: worker'],
  ];
  for (const [text, result] of rows) {
    it(`${text} is ${JSON.stringify(result)}`, () => {
      expect(expandVariables(text, env)).to.deep.equal({ text: result, faults: [], changed: text !== result });
    });
  }

  const faulty: [text: string, fault: RegExp][] = [
    ['${UNSET}', /UNSET is not set; \$\{UNSET:-default\} sets a default/],
    ['${UNSET:?the token of the provider}', /UNSET is not set: the token of the provider$/],
    ['${EMPTY:?why}', /EMPTY is not set: why$/],
    ['${UNSET:?}', /UNSET is not set$/],
    ['${SET', /no closing brace/],
    ['$SET', /write \$\{SET\} for the variable, or \$\$SET/],
    ['${}', /not supported/],
    ['${A-B}', /not supported/],
    ['${SET:+x}', /not supported/],
    ['${A:-${B}}', /not supported/],
    ['${1A}', /not supported/],
  ];
  for (const [text, fault] of faulty) {
    it(`${text} is refused`, () => {
      expect(
        expandVariables(text, env)
          .faults.map(({ message }) => message)
          .join(),
      ).to.match(fault);
    });
  }

  it('are refused where they stand', async () => {
    expect(await problemsOf(withGroup('labels:\n  zone: eu-${ZONE}\n  rack: "a ${RACK:?which}"'))).to.deep.equal([
      '7:16: the environment variable ZONE is not set; ${ZONE:-default} sets a default',
      '8:16: the environment variable RACK is not set: which',
    ]);
  });

  it('are the only thing said about a value that is not known', async () => {
    expect(await problemsOf('groups:\n  m:\n    role: ${ROLE}\n    driver: none\n    count: ${COUNT}\n')).to.have.lengthOf(2);
  });

  it('become numbers and switches where these belong, and nothing else', async () => {
    const file = withSettings('autolock: ${TRUE}\nmax-snapshots: ${NUMBER}').replace('count: 1', 'count: "${NUMBER}"');
    const { declaration } = await read(file, { env });
    expect(declaration.settings).to.deep.equal({ autolock: true, maxSnapshots: 3 });
    expect(declaration.members).to.have.lengthOf(3);
    expect(await problemsOf(withSettings('autolock: ${SET}\nmax-snapshots: ${TRUE}'), { env })).to.deep.equal([
      '2:15: swarm.autolock: ${SET} must be true or false',
      '3:20: swarm.max-snapshots: ${TRUE} must be a whole number from 0',
    ]);
  });

  it('stay one value whatever they hold', async () => {
    const { declaration } = await read(withGroup('labels: {note: "${TRICKY}"}'), { env });
    expect(declaration.members).to.have.lengthOf(1);
    expect(declaration.members[0]?.labels).to.deep.equal({ note: env.TRICKY });
  });

  it('are not put into keys', async () => {
    expect((await read(withGroup('labels: {"a-${SET}": b}'), { env })).declaration.members[0]?.labels).to.deep.equal({ 'a-${SET}': 'b' });
  });

  it('are never shown, whatever is wrong with what they hold', async () => {
    const drivers = new Map([['none', [{ name: 'size', type: 'int' as const, usage: '' }]]]);
    const wrong = [
      'cert-expiry: ${PASSWORD}',
      'dispatcher-heartbeat: ${PASSWORD}',
      'default-addr-pool: ["${PASSWORD}"]',
      'autolock: ${PASSWORD}',
      'max-snapshots: ${PASSWORD}',
      'external-ca: ["${PASSWORD}", "a=b,${PASSWORD}=1"]',
    ].join('\n');
    const group = [
      'advertise-addr: ${PASSWORD}',
      'availability: ${PASSWORD}',
      'tls-sans: ["${PASSWORD}"]',
      'engine: {env: ["${PASSWORD}"], opts: ["- ${PASSWORD}"], install: "${PASSWORD}"}',
    ].join('\n');
    const found = [
      ...(await problemsOf(withSettings(wrong), { env })),
      ...(await problemsOf(withGroup(group), { env })),
      ...(await problemsOf('groups: {m: {role: "${PASSWORD}", driver: none, names: ["${PASSWORD}"]}}', { env })),
      ...(await problemsOf('groups: {m: {role: manager, driver: "${PASSWORD}", count: 1}}', { env, drivers })),
      ...(await problemsOf(withGroup('flags: {size: "${PASSWORD}"}'), { env, drivers })),
    ];
    expect(await problemsOf('groups: {m: {role: "${NEARLY}", driver: none, count: 1}}', { env })).to.deep.equal([
      '1:20: groups.m.role: ${NEARLY} must be one of manager, worker',
    ]);
    expect(found.length).to.be.at.least(16);
    expect(found.join('\n')).to.contain('${PASSWORD}').and.not.to.contain('horse');
  });
});
