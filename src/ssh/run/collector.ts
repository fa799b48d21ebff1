import { StringDecoder } from 'node:string_decoder';

import type { TsmachineError } from '../../base/errors.js';

import type { Place } from '../dial/place.js';
import { Frame, noiseLimit } from './frame.js';
import { endlessNoise, tooMuchOutput } from './outcome.js';

/** Bytes that a program may print on one stream. */
const outputLimit = 32 * 2 ** 20;
/** Bytes of the standard error of a program that moves data: only its last words are of interest. */
const complaintKept = 4000;

export interface CollectorOptions {
  readonly mark: string;
  readonly place: Place;
  readonly title: string;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Called once when there is too much of it. */
  readonly onExcess: (error: TsmachineError) => void;
}

/** Collects the text that a program prints on one stream, without what start-up files print, and passes on its lines as they arrive. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #frame: Frame;
  readonly #decoder = new StringDecoder('utf8');
  #chunks: Buffer[] = [];
  #bytes = 0;
  #rest = '';
  #isOver = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#frame = new Frame(options.mark);
  }

  get frame(): Frame {
    return this.#frame;
  }

  add(data: Buffer): void {
    if (this.#isOver) return;
    const own = this.#frame.feed(data);
    this.#bytes += own?.length ?? 0;
    const { place, title, onLine, onExcess } = this.#options;
    const isEndless = this.#frame.noise > noiseLimit;
    if (isEndless || this.#bytes > outputLimit) {
      this.#isOver = true;
      this.#chunks = [];
      onExcess(isEndless ? endlessNoise(place, title) : tooMuchOutput(place, title, outputLimit));
    } else if (own !== undefined) {
      this.#chunks.push(own);
      if (onLine !== undefined) this.#pass(own, onLine);
    }
  }

  #pass(data: Buffer, onLine: (line: string) => void): void {
    const lines = (this.#rest + this.#decoder.write(data)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  }

  text(): string {
    if (this.#rest !== '') this.#options.onLine?.(this.#rest);
    this.#rest = '';
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** The last of what a program prints on standard error, without what start-up files print there. */
export class Complaint {
  readonly frame: Frame;
  #text = '';

  constructor(mark: string) {
    this.frame = new Frame(mark);
  }

  add(data: Buffer): void {
    this.#text = (this.#text + (this.frame.feed(data)?.toString('utf8') ?? '')).slice(-complaintKept);
  }

  text(): string {
    return this.#text;
  }
}

/** What was printed before a program began, when it never did; undefined when it did. */
export function insteadOf(...frames: readonly Frame[]): string | undefined {
  return frames.some(({ started }) => started) ? undefined : frames.map(({ words }) => words).join('\n');
}
