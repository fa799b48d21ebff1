import type { LineCounter } from 'yaml';

import { TsmachineError } from '../../../base/errors.js';
import { pageAddress } from '../../../system/package.js';

/** Something that is wrong in a file. */
export interface FileProblem {
  /** Characters from the beginning of the text. */
  readonly offset: number;
  readonly message: string;
}

/** How many problems are shown: about one screen. */
const shown = 20;

/** One error for all problems: a line with file, line and column for each, in the order of the file, without repetitions. */
export function swarmFileError(file: string, problems: readonly FileProblem[], lines: LineCounter): TsmachineError {
  const ordered = [...problems].sort((a, b) => a.offset - b.offset);
  const texts = [...new Set(ordered.map(({ offset, message }) => `${placeText(file, offset, lines)}: ${message}`))];
  const more = texts.length > shown ? [`and ${texts.length - shown} more`] : [];
  return new TsmachineError('SWARM_FILE', [...texts.slice(0, shown), ...more].join('\n'), {
    hint: `${pageAddress('swarm-file.md')} describes the swarm file; ${pageAddress('swarm.schema.json')} describes it for editors`,
  });
}

/** `swarm.yaml:3:5`, counted from 1 as editors do. */
function placeText(file: string, offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}
