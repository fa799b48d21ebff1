import { builtins } from '../../../src/go-template/functions/builtins.js';
import { compileTemplate } from '../../../src/go-template/template.js';
import { inspectFunctions } from '../../../src/cli/format/inspect-functions.js';
import { fromJson } from '../../../src/cli/format/json-values.js';
import { machineValue } from '../../../src/cli/format/machine-values.js';
import { cases, expected } from '../../unit/go-template/go.js';
import { changedText } from '../mutation.js';
import type { Target } from '../target.js';

/** Templates of `inspect` and `ls`, from those that were compared with Go. */
export const template: Target = {
  name: 'template',
  share: 12,
  open() {
    const samples = [...expected.inspect, ...expected.row].map((one) => one.template);
    const data = fromJson(cases.config);
    const row = machineValue(cases.row);
    return {
      make: (chance) => changedText(chance.pick(samples), chance, samples),
      take(input) {
        const text = String(input);
        if (text.length % 2 === 0) compileTemplate(text, inspectFunctions, { pointed: true }).execute(data);
        else compileTemplate(text, builtins).execute(row);
      },
    };
  },
};
