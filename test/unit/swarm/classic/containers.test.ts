import { expect } from 'chai';

import { classicContainers, type ClassicContainer } from '../../../../src/swarm/classic/containers.js';
import { member } from './member.js';

const tls = ['--tlsverify', '--tlscacert=/etc/docker/ca.pem', '--tlscert=/etc/docker/server.pem', '--tlskey=/etc/docker/server-key.pem'];

function only(of: ReturnType<typeof member>): ClassicContainer {
  const [container, ...others] = classicContainers(of);
  if (!container || others.length > 0) throw new Error('expected one container');
  return container;
}

describe('the containers of a classic swarm', () => {
  it('master: the recorded command line of Docker Machine', () => {
    expect(only(member({ ArbitraryFlags: ['heartbeat=5'] })).config.Cmd).to.deep.equal([
      'manage',
      ...tls,
      '-H',
      'tcp://0.0.0.0:3376',
      '--strategy',
      'spread',
      '--advertise',
      '127.0.0.1:3376',
      '--heartbeat=5',
      'token://abc',
    ]);
  });

  it('master: the rest of its configuration', () => {
    const { name, image, config } = only(member({}, { env: ['HTTP_PROXY=http://p:1'] }));
    expect({ name, image }).to.deep.equal({ name: 'swarm-agent-master', image: 'swarm:latest' });
    expect(config).to.deep.include({
      Image: 'swarm:latest',
      Env: ['HTTP_PROXY=http://p:1'],
      Labels: { 'tsmachine.server-certificate': 'AB:CD' },
      ExposedPorts: { '2375/tcp': {}, '3376/tcp': {} },
      HostConfig: {
        Binds: ['/etc/docker:/etc/docker'],
        RestartPolicy: { Name: 'always' },
        PortBindings: { '3376/tcp': [{ HostIp: '0.0.0.0', HostPort: '3376' }] },
      },
    });
  });

  it('master: advertises, exposes and binds the port of --swarm-host, where Docker Machine advertised 3376', () => {
    const { Cmd, ExposedPorts, HostConfig } = only(member({ Host: 'tcp://0.0.0.0:4000' })).config;
    expect(Cmd.join(' ')).to.contain(' -H tcp://0.0.0.0:4000 ').and.to.contain(' --advertise 127.0.0.1:4000 ').and.not.to.contain('3376');
    expect(ExposedPorts).to.have.all.keys('2375/tcp', '4000/tcp');
    expect(HostConfig.PortBindings).to.deep.equal({ '4000/tcp': [{ HostIp: '0.0.0.0', HostPort: '4000' }] });
  });

  it('master: the certificates of boot2docker, and an IPv6 address', () => {
    const folder = '/var/lib/boot2docker';
    const certificates = { ca: `${folder}/ca.pem`, cert: `${folder}/server.pem`, key: `${folder}/server-key.pem` };
    const { Cmd, HostConfig } = only(member({}, { certificates, address: '[fd00::1]' })).config;
    expect(HostConfig.Binds).to.deep.equal([`${folder}:${folder}`]);
    expect(Cmd).to.include.members([`--tlscacert=${folder}/ca.pem`, '[fd00::1]:3376']);
    expect(HostConfig.PortBindings['3376/tcp']).to.deep.equal([{ HostIp: '', HostPort: '3376' }]);
  });

  it('agent: advertises the engine, has no certificates and no ports', () => {
    const flags = { ArbitraryFlags: ['not-mine'], ArbitraryJoinFlags: ['ttl=30s', 'delay=1s'] };
    const options = { Master: false, Agent: true, Image: 'lab/swarm:1', ...flags };
    expect(only(member(options, { env: ['A=b'] }))).to.deep.equal({
      name: 'swarm-agent',
      image: 'lab/swarm:1',
      config: {
        Image: 'lab/swarm:1',
        Cmd: ['join', '--advertise', '127.0.0.1:12376', '--ttl=30s', '--delay=1s', 'token://abc'],
        Env: ['A=b'],
        Labels: {},
        ExposedPorts: {},
        HostConfig: { Binds: [], PortBindings: {}, RestartPolicy: { Name: 'always' } },
      },
    });
  });

  it('both: master first, each with --experimental first', () => {
    const both = classicContainers(member({ Agent: true, IsExperimental: true }));
    expect(both.map(({ name, config }) => [name, ...config.Cmd.slice(0, 2)])).to.deep.equal([
      ['swarm-agent-master', '--experimental', 'manage'],
      ['swarm-agent', '--experimental', 'join'],
    ]);
  });

  it('neither: none', () => {
    expect(classicContainers(member({ Master: false }))).to.deep.equal([]);
  });

  it('without discovery, image and host, as in old files: no empty arguments', () => {
    const { Image, Cmd } = only(member({ Discovery: '', Image: '', Host: '' })).config;
    expect(Image).to.equal('swarm:latest');
    expect(Cmd).to.deep.equal(['manage', ...tls, '-H', 'tcp://0.0.0.0:3376', '--strategy', 'spread', '--advertise', '127.0.0.1:3376']);
  });
});
