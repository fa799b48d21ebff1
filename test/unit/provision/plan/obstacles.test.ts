import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { plain } from '../../../../src/base/text.js';
import { parseFacts } from '../../../../src/provision/look/detect-host.js';
import { refuseObstacles } from '../../../../src/provision/plan/obstacles.js';
import { detection, hosts, type Condition } from '../hosts.js';
import { request } from '../request.js';

function refusal(condition: Condition, change: Parameters<typeof request>[0] = {}): TsmachineError | undefined {
  try {
    refuseObstacles(parseFacts(detection(hosts.debian12, condition)), request(change));
    return undefined;
  } catch (error) {
    return TsmachineError.from(error);
  }
}

const state = (unit: string, file: string) => ['state|', `state|Id=${unit}`, 'state|ActiveState=inactive', `state|UnitFileState=${file}`];
const hint = (error: TsmachineError | undefined) => plain(error?.hint ?? '');

describe('what would keep the engine from starting', () => {
  it('is a masked unit, on hosts with an engine and without one', () => {
    const socket = state('docker.socket', 'masked');
    for (const condition of [{ extra: socket }, { engine: '28.5.2', running: false, extra: socket }]) {
      const error = refusal(condition);
      expect([error?.code, error?.message]).to.deep.equal(['ENGINE_START', 'docker.socket of m1 is masked: systemd refuses to start it']);
      expect(hint(error)).to.contain('tsmachine ssh m1 sudo systemctl unmask docker.socket');
    }
    const both = refusal({ extra: [...socket, ...state('docker.service', 'masked')] });
    expect(both?.message).to.contain('docker.service and docker.socket of m1 are masked');
  });

  it('is no masked socket that the engine runs without, or that its unit does not need', () => {
    const masked = state('docker.socket', 'masked');
    expect(refusal({ engine: '28.5.2', extra: masked })).to.equal(undefined);
    const free = parseFacts(
      detection(
        { ...hosts.debian12, unit: '# /etc/systemd/system/docker.service\n[Service]\nExecStart=/usr/bin/dockerd\n' },
        {
          engine: '28.5.2',
          running: false,
          extra: masked,
        },
      ),
    );
    expect(() => {
      refuseObstacles(free, request());
    }).not.to.throw();
    expect(refusal({ extra: state('docker.socket', 'disabled') })).to.equal(undefined);
  });

  it('is another program on the port, named with the flag for another port', () => {
    const error = refusal(
      { extra: ['listen|LISTEN 0 5 0.0.0.0:2376 0.0.0.0:* users:(("python3",pid=812,fd=3))'] },
      { portFlag: 'generic-engine-port' },
    );
    expect(error?.message).to.equal('Port 2376 of m1, which its engine needs, is taken by python3 (process 812)');
    expect(hint(error)).to.contain('tsmachine ssh m1 systemctl status 812').and.contain('--generic-engine-port PORT');
    expect(hint(refusal({ extra: ['listen|LISTEN 0 5 *:2376 *:*'] })))
      .to.contain('sudo ss -ltnp')
      .and.not.contain('--');
  });

  for (const [what, line, change] of [
    ['an engine', 'LISTEN 0 128 *:2376 *:* users:(("dockerd",pid=9,fd=3))', {}],
    ['a program on another port', 'LISTEN 0 128 0.0.0.0:23760 0.0.0.0:* users:(("x",pid=9,fd=3))', {}],
    ['a program at an IPv6 address that the engine does not use', 'LISTEN 0 1 [::1]:2376 [::]:* users:(("x",pid=9,fd=3))', {}],
    ['a program on the usual port, where the engine has another', 'LISTEN 0 1 *:2376 *:* users:(("x",pid=9,fd=3))', { port: 2377 }],
  ] as const) {
    it(`is not ${what}`, () => {
      expect(refusal({ extra: [`listen|${line}`] }, change)).to.equal(undefined);
    });
  }

  it('is read from netstat where there is no ss', () => {
    const extra = [
      'listen|Proto Recv-Q Send-Q Local Address Foreign Address State',
      'listen|tcp 0 0 127.0.0.1:2376 0.0.0.0:* LISTEN 77/nginx',
    ];
    expect(refusal({ extra })?.message).to.contain('nginx (process 77)');
  });
});
