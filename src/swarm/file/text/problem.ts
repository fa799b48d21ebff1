import type { LineCounter } from 'yaml';

import { TsmachineError } from '../../../base/errors.js';

/** Something that is wrong in a file. */
export interface Problem {
  /** Characters from the beginning of the text. */
  readonly offset: number;
  readonly message: string;
}

/** More than a screen of them helps nobody. */
const shown = 20;

/** The problems as one error: a line each with file, line and column, in the order of the file, none twice. */
export function swarmFileError(file: string, problems: readonly Problem[], lines: LineCounter): TsmachineError {
  const ordered = [...problems].sort((a, b) => a.offset - b.offset);
  const texts = [...new Set(ordered.map(({ offset, message }) => `${placeText(file, offset, lines)}: ${message}`))];
  const more = texts.length > shown ? [`and ${texts.length - shown} more`] : [];
  return new TsmachineError('SWARM_FILE', [...texts.slice(0, shown), ...more].join('\n'), {
    hint: 'docs/swarm-file.md says what a swarm file may hold; docs/swarm.schema.json says it to editors',
  });
}

/** `swarm.yaml:3:5`, from 1 as editors count. */
function placeText(file: string, offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}
