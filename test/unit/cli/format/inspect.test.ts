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
    expect(inspected('{{range 3000}}{{range 3000}}{{end}}{{end}}').error).to.match(/takes more than 1000000 steps$/);
    for (const nested of [`{{${'('.repeat(5000)}1`, '{{if 1}}'.repeat(5000), `{{if 1}}${'{{else if 1}}'.repeat(5000)}{{end}}`]) {
      expect(inspected(nested).error).to.match(/max expression depth exceeded$/);
    }
  });
});

describe('cli: templates without end', () => {
  const double =
    '{{define "t0"}}{{end}}' +
    Array.from({ length: 40 }, (_, i) => `{{define "t${i + 1}"}}${`{{template "t${i}"}}`.repeat(2)}{{end}}`).join('');
  const steps = /takes more than 1000000 steps$/;
  const long = /the text has more than 4000000 characters$/;
  const cases: readonly [what: string, template: string, error: RegExp][] = [
    ['templates that double', `${double}{{template "t40"}}`, steps],
    ['loops in loops', '{{range 2000000}}{{range 2000000}}{{end}}{{end}}', steps],
    ['loops of variables', `${'{{$a := 1}}'.repeat(5000)}{{range 100000}}{{if $}}{{end}}{{end}}`, steps],
    ['texts that double', `{{$x := "abcdefgh"}}${'{{$x = print $x $x}}'.repeat(40)}`, steps],
    ['a text that is read again and again', `{{$x := printf "%1000000d" 1}}{{range 1000000}}{{len $x}}{{end}}`, steps],
    ['more output than anybody reads', `{{$x := printf "%1000000d" 1}}{{range 10}}{{$x}}{{end}}`, long],
    ['one text printed again and again', `{{$x := printf "%1000000d" 1}}{{printf "${'%[1]s'.repeat(1000)}" $x}}`, long],
    ['wide values', `{{printf "${'%1000000d'.repeat(10)}" 1 2 3 4 5 6 7 8 9 10}}`, long],
    ['a list of wide values', '{{printf "%1000000v" (split "a,b,c,d,e,f" ",")}}', long],
    ['a text in very many parts', '{{$x := printf "%1000000d" 1}}{{len (split $x "")}}', /the text has more than 100000 parts$/],
    ['a wide separator', '{{$x := printf "%1000000d" 1}}{{join (split "a,b,c,d,e,f" ",") $x}}', long],
    [
      'blocks in templates in blocks',
      `{{define "a"}}${'{{if 1}}'.repeat(150)}{{template "a"}}${'{{end}}'.repeat(150)}{{end}}{{template "a"}}`,
      /nested more than 1000 deep$/,
    ],
    ['a number with no end', `{{${'1'.repeat(90_000)}i}}`, /illegal number syntax/],
    ['brackets that do not close', `{{printf "${'%['.repeat(40_000)}"}}`, /^$/],
    ['a template that is no template', 'x'.repeat(200_000), /the template has more than 100000 characters$/],
  ];
  for (const [what, template, error] of cases) {
    it(`end soon: ${what}`, () => {
      const started = performance.now();
      expect(inspected(template).error ?? '').to.match(error);
      expect(performance.now() - started).to.be.below(10_000);
    });
  }

  it('take digits beyond those of a number for what they are: zeros', () => {
    expect(inspected('{{printf "%.3f" 0.1}} {{len (printf "%.1000000f" 0.1)}} {{len (printf "%.1000000e" 3.3)}}').output).to.equal(
      '0.100 1000002 1000006',
    );
    expect(inspected('{{printf "%.1080f" 5e-324}}').output).to.equal(`${printedSmallest}00000`);
    expect(inspected('{{printf "%.1200g" 0.5}} {{printf "%#.1104g" 0.5}}').output).to.equal(`0.5 0.5${'0'.repeat(1103)}`);
  });
});

/** 2^-1074 with all of its digits, which end at the 1074th place; one zero is left for rounding. */
const printedSmallest = `0.${(5n ** 1074n).toString().padStart(1074, '0')}0`;

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
