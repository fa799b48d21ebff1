import { TsmachineError } from '../../base/errors.js';
import { say } from '../../base/text.js';
import { inspectFunctions } from './inspect-functions.js';
import { fromJson } from './json-values.js';
import { compileTemplate, type Template } from '../../go-template/template.js';

/**
 * Runs the template of `inspect --format` on the text of config.json. It is decoded without types, as Docker Machine does.
 * @throws TsmachineError TEMPLATE
 */
export function formatConfig(json: string, format: string, options: { pointed: boolean }): string {
  return compile(format, options).execute(fromJson(JSON.parse(json) as Record<string, unknown>));
}

function compile(format: string, options: { pointed: boolean }): Template {
  try {
    return compileTemplate(format, inspectFunctions, options);
  } catch (error) {
    const { code, text, hint } = TsmachineError.from(error);
    throw new TsmachineError(code, say`template parsing error: ${text}`, { cause: error, hint });
  }
}
