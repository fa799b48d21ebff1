import type { Finding } from '../../src/base/findings.js';
import { plain } from '../../src/base/text.js';

/** Findings with the texts as a person reads them. */
export function readable(findings: readonly Finding[]): (Omit<Finding, 'message' | 'fix'> & { message: string; fix?: string })[] {
  return findings.map(({ fix, message, ...rest }) => ({
    ...rest,
    message: plain(message),
    ...(fix === undefined ? {} : { fix: plain(fix) }),
  }));
}
