import { expect } from 'chai';

import { builtins } from '../../../src/go-template/functions/builtins.js';
import type { TemplateFunctions } from '../../../src/go-template/functions/function.js';
import { inspectFunctions } from '../../../src/cli/format/inspect-functions.js';
import { fromJson } from '../../../src/cli/format/json-values.js';
import { headerValue, machineValue } from '../../../src/cli/format/machine-values.js';
import { compileTemplate } from '../../../src/go-template/template.js';
import type { Value } from '../../../src/go-template/values.js';
import { cases, expected, outcome, type Expected } from './go.js';

describe("cli: templates do what Go's text/template does", () => {
  const groups: [what: string, given: readonly Expected[], data: Value, functions: TemplateFunctions][] = [
    ['config.json decoded without types', expected.inspect, fromJson(cases.config), inspectFunctions],
    ['a row of ls', expected.row, machineValue(cases.row), builtins],
    ['a row of a machine that cannot be read', expected.blank, machineValue(cases.blank), builtins],
    ['the header of ls', expected.header, headerValue, builtins],
  ];
  for (const [what, given, data, functions] of groups) {
    describe(`on ${what}`, () => {
      for (const { template, ...result } of given) {
        it(JSON.stringify(template), () => {
          expect(outcome(() => compileTemplate(template, functions).execute(data))).to.deep.equal(result);
        });
      }
    });
  }
});
