import { expect } from 'chai';

import { compileListFormat } from '../../../../src/cli/format/ls.js';
import type { MachineRow } from '../../../../src/machine/list.js';
import { cases, outcome } from '../../go-template/go.js';

const { row, blank } = cases;

/** Prints rows. `printed` holds what was printed before an error. */
function listed(format: string, rows: readonly MachineRow[] = [row, blank], printed: string[] = []): string {
  compileListFormat(format, { pointed: false })(rows, (text) => {
    printed.push(text);
  });
  return printed.join('\n');
}

describe('cli: ls --format', () => {
  it('prints a line for each machine, and nothing without machines', () => {
    expect(listed('{{.Name}}: {{.State}}')).to.equal('m1: Running\nm2: Error');
    expect(listed('{{.Name}}', [])).to.equal('');
  });

  it('prints a table with a header, even without machines', () => {
    expect(listed('table {{.Name}}\\t{{.State}}\\t{{.Error}}')).to.equal(
      ['NAME   STATE     ERRORS', 'm1     Running   ', 'm2     Error     broken'].join('\n'),
    );
    expect(listed('table{{.Name}}\t{{.URL}}', [])).to.equal('NAME   URL');
  });

  it('has a header for every field, and marks unknown fields', () => {
    expect(
      listed(
        [
          'table {{.Name}} {{.Active}} {{.ActiveHost}} {{.ActiveSwarm}} {{.DriverName}} {{.State}} {{.URL}} {{.SwarmOptions}} {{.Swarm}}',
          '{{.EngineOptions}} {{.Error}} {{.DockerVersion}} {{.ResponseTime}}',
        ].join(' '),
        [],
      ),
    ).to.equal(
      ['NAME ACTIVE ACTIVE_HOST ACTIVE_SWARM DRIVER STATE URL SWARM_OPTIONS SWARM ENGINE_OPTIONS ERRORS DOCKER RESPONSE'].join(''),
    );
    expect(listed('table {{.Nope}}', [])).to.equal('<no value>');
  });

  it('removes the spaces around the template, and no others', () => {
    expect(listed('  {{.Name}} x  ', [row])).to.equal('m1 x');
    expect(listed('\t{{.Name}}', [row])).to.equal('\tm1');
  });

  it('reads \\t and \\n as tab and line end, except in Go strings', () => {
    expect(listed('{{.Name}}\\t{{.State}}\\n-', [row])).to.equal('m1\tRunning\n-');
    expect(listed('{{printf "%s\\n%s\\t" .Name .State}}|{{"a\\\\n"}}', [row])).to.equal('m1\nRunning\t|a\\n');
  });

  it('aligns the lines of a machine of several lines', () => {
    expect(listed('table {{.Name}}\\t{{.State}}\\nerror: {{.Error}}')).to.equal(
      ['NAME   STATE', 'error: ERRORS', 'm1   Running', 'error: ', 'm2   Error', 'error: broken'].join('\n'),
    );
  });

  it('fails for an unknown field before anything is printed', () => {
    const printed: string[] = [];
    expect(outcome(() => listed('{{.Nope}}', [row], printed))).to.deep.equal({
      error: 'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type commands.HostListItem',
    });
    expect(outcome(() => listed('table {{.Nope}}', [row], printed)).error).to.match(/can't evaluate field Nope/);
    expect(outcome(() => listed('{{json .}}', [], printed))).to.deep.equal({ error: 'template: :1: function "json" not defined' });
    expect(printed).to.deep.equal([]);
  });

  it('prints the machines before the one that fails', () => {
    const printed: string[] = [];
    expect(outcome(() => listed('{{.SwarmOptions.Host}}', [row, blank], printed)).error).to.match(
      /nil pointer evaluating \*swarm\.Options\.Host$/,
    );
    expect(printed).to.deep.equal(['tcp://0.0.0.0:13376']);
  });

  it('leaves ACTIVE empty for a machine about which nothing is known', () => {
    expect(
      listed('[{{.Active}}]', [row, { ...row, activeSwarm: false }, { ...row, activeSwarm: false, activeHost: false }, blank]),
    ).to.equal('[* (swarm)]\n[*]\n[-]\n[]');
  });

  const durations: [number, string][] = [
    [0, '0s'],
    [1, '1ms'],
    [12, '12ms'],
    [999, '999ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [1001, '1.001s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [61_500, '1m1.5s'],
    [3_600_000, '1h0m0s'],
    [7_325_250, '2h2m5.25s'],
  ];
  for (const [responseMs, text] of durations) {
    it(`prints a response time of ${text}`, () => {
      expect(listed('{{.ResponseTime}}', [{ ...row, responseMs }])).to.equal(text);
    });
  }
});
