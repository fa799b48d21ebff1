import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { plain } from '../../../../src/base/text.js';
import { parseFacts } from '../../../../src/provision/look/detect-host.js';
import { renderOwner } from '../../../../src/provision/look/owner.js';
import { planConfig } from '../../../../src/provision/plan/config.js';
import { ownerMark, takeoverWarning } from '../../../../src/provision/plan/takeover.js';
import { detection, hosts } from '../hosts.js';
import { request } from '../request.js';

const ours = { store: 'aaaa-1', name: 'm1', by: 'me@here' };
const certificate = { ca: 'CA\n', cert: 'CERT\n', key: 'KEY\n' };
const sum = (text: string) => createHash('sha256').update(text).digest('hex');

/** @param ca the CA that the host's engine trusts now */
function warning(ca: string | undefined, mark = '', engine = '28.5.2'): string | undefined {
  const extra = [...(ca === undefined ? [] : [`sum|${sum(ca)}  /etc/docker/ca.pem`]), ...(mark === '' ? [] : [`owner|${mark.trim()}`])];
  const asked = request({ owner: ours });
  const installed = parseFacts(detection(hosts.debian12, { engine: '28.5.2', extra }));
  if (!installed.engine) throw new Error('the sample host has an engine');
  const plan = planConfig(installed, installed.engine, asked);
  const facts = engine === '' ? parseFacts(detection(hosts.debian12, { extra })) : installed;
  const text = takeoverWarning(facts, plan, certificate, asked);
  return text === undefined ? undefined : plain(text);
}

describe('taking over an engine that another store configured', () => {
  it('is said with the name and the place of its owner, and how to share a machine', () => {
    const text = warning('another CA\n', renderOwner({ store: 'bbbb-2', name: 'web', by: 'root@laptop' }));
    expect(text)
      .to.contain('machine "web" of another store (root@laptop)')
      .and.contain('trusted clients')
      .and.contain('tsmachine export web -o FILE')
      .and.contain('tsmachine import FILE');
  });

  it('is also said where nobody left a mark, or a damaged one', () => {
    for (const mark of ['', '{"store"', '{"store":"x","name":"\u001b[31m","by":"y"}', '[]', '{"store":1}']) {
      expect(warning('another CA\n', mark), mark).to.contain('is managed by another store').and.not.contain('\u001b');
    }
  });

  it('is not what happens with the own CA, a new one of this store, a first engine or none', () => {
    expect(warning('CA\n', renderOwner({ store: 'bbbb-2', name: 'web', by: 'root@laptop' }))).to.equal(undefined);
    expect(warning('old CA\n', renderOwner(ours))).to.equal(undefined);
    expect(warning(undefined)).to.equal(undefined);
    expect(warning('another CA\n', '', '')).to.equal(undefined);
  });

  it('leaves a mark beside the certificates that is read again', () => {
    const asked = request({ owner: ours });
    const facts = parseFacts(detection(hosts.debian12, { engine: '28.5.2' }));
    if (!facts.engine) throw new Error('the sample host has an engine');
    const { text, path } = ownerMark(planConfig(facts, facts.engine, asked), asked);
    expect(path).to.equal('/etc/docker/tsmachine-owner.json');
    expect(parseFacts(detection(hosts.debian12, { extra: [`owner|${text.trim()}`] })).owner).to.deep.equal(ours);
  });
});
