import { hintOf } from '../../../../test/helpers/failure.js';
import { expect } from 'chai';

import { formatConfig } from '../../../../src/cli/format/inspect.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import { cases, outcome } from '../../go-template/go.js';

const json = JSON.stringify(cases.config);
const inspected = (format: string) => outcome(() => formatConfig(json, format, { pointed: false }));

function hint(format: string): string | undefined {
  try {
    formatConfig(json, format, { pointed: true });
  } catch (error) {
    return hintOf(TsmachineError.from(error));
  }
  throw new Error('there was no error');
}

describe('cli: inspect --format', () => {
  const added: [template: string, output: string][] = [
    ['{{join .HostOptions.EngineOptions.Labels ", "}}', 'zone=a, disk=ssd, rack=7'],
    ['{{join .HostOptions.EngineOptions.RegistryMirror ","}}', ''],
    ['{{join .HostOptions.EngineOptions.Dns ","}}{{join .Nope ","}}', ''],
    ['{{join .Odd.mixed "|"}}', 'a|1|true|<nil>|2.5|[x y]|map[k:v]'],
    ['{{", " | join .HostOptions.EngineOptions.ArbitraryFlags}}', 'log-driver=journald, debug'],
    ['{{index (split "a=b=c" "=") 1}} {{len (split "" ",")}} {{split "aé" ""}}', 'b 1 [a é]'],
    ['{{lower "ÄB"}} {{.Name | upper}}', 'äb M1'],
  ];
  for (const [template, output] of added) {
    it(template, () => {
      expect(inspected(template)).to.deep.equal({ output });
    });
  }

  it('refuses what cannot be joined', () => {
    expect(inspected('{{join .Name ","}}').error).to.equal(
      'template: :1:2: executing "" at <join .Name ",">: error calling join: can\'t join item of type string',
    );
    expect(inspected('{{lower 1}}').error).to.equal('template: :1:8: executing "" at <1>: expected string; found 1');
  });

  it('says that a template cannot be parsed, and in which line', () => {
    expect(inspected('{{.Name')).to.deep.equal({ error: 'template parsing error: template: :1: unclosed action' });
    expect(inspected('a\n{{foo}}')).to.deep.equal({ error: 'template parsing error: template: :2: function "foo" not defined' });
  });

  it('gives up on templates that do not end', () => {
    expect(inspected('{{define "a"}}{{template "a"}}{{end}}{{template "a"}}').error).to.match(/exceeded maximum template depth/);
    expect(inspected('{{range 3000}}{{range 3000}}{{end}}{{end}}').error).to.match(/more than 1000000 iterations/);
    for (const nested of [`{{${'('.repeat(5000)}1`, '{{if 1}}'.repeat(5000), `{{if 1}}${'{{else if 1}}'.repeat(5000)}{{end}}`]) {
      expect(inspected(nested).error).to.match(/max expression depth exceeded$/);
    }
  });
});

describe('cli: the position of a mistake in a template', () => {
  const pointed: [template: string, hint: string[]][] = [
    ['x{{foo .Name}}', ['  x{{foo .Name}}', '     ^']],
    ['{{.Name', ['  {{.Name', '         ^']],
    ['a\n{{.Name}} {{.Driver | | len}}\nb', ['  {{.Name}} {{.Driver | | len}}', '                        ^']],
    ['é🐳{{.Name.X}}', ['  é🐳{{.Name.X}}', '           ^']],
    ['\t{{$x}}', ['   {{$x}}', '     ^']],
    ['{{if .Name}}', ['  {{if .Name}}', '              ^']],
    [`${'a'.repeat(100)}{{foo}}${'b'.repeat(100)}`, [`  ...${'a'.repeat(38)}{{foo}}${'b'.repeat(25)}...`, `  ${' '.repeat(43)}^`]],
  ];
  for (const [template, lines] of pointed) {
    it(`is pointed at: ${JSON.stringify(template.slice(0, 60))}`, () => {
      expect(hint(template)).to.equal(lines.join('\n'));
    });
  }

  it('is not marked where no person reads it', () => {
    try {
      formatConfig(json, '{{', { pointed: false });
      expect.fail('there was no error');
    } catch (error) {
      expect(TsmachineError.from(error)).to.deep.include({ code: 'TEMPLATE', exit: 1, hint: undefined });
    }
  });
});
