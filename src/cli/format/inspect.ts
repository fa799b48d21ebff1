import { TsmachineError } from '../../base/errors.js';
import { inspectFunctions } from './inspect-functions.js';
import { fromJson } from './json-values.js';
import { compileTemplate, type Template } from '../../go-template/template.js';

/**
 * `inspect --format`: what the template makes of config.json's text, decoded without types (spec 2.5).
 * @throws TsmachineError TEMPLATE
 */
export function formatConfig(json: string, format: string, options: { pointed: boolean }): string {
  return compile(format, options).execute(fromJson(JSON.parse(json) as Record<string, unknown>));
}

function compile(format: string, options: { pointed: boolean }): Template {
  try {
    return compileTemplate(format, inspectFunctions, options);
  } catch (error) {
    const { code, message, hint } = TsmachineError.from(error);
    throw new TsmachineError(code, `template parsing error: ${message}`, { cause: error, hint });
  }
}
