import { charAt } from '../syntax/characters.js';
import type { Flags } from '../text/integer-text.js';
import { longestText, tooLong } from '../text/longest.js';
import { FunctionError } from './function.js';
import { formatArgument } from './printing.js';
import { indirect, inside, type Maybe } from '../values.js';

/** The largest width and precision that Go accepts. */
const largest = 1_000_000;
const flagNames = { '#': 'sharp', '0': 'zero', '+': 'plus', '-': 'minus', ' ': 'space' } as const;

/** Go's Sprintf: mistakes in the arguments are reported in the text. */
export function printf(format: string, args: readonly Maybe[]): string {
  return new Formatter(format, args).run();
}

type Draft = { -readonly [Key in keyof Flags]: Flags[Key] };

class Formatter {
  readonly #format: string;
  readonly #args: readonly Maybe[];
  readonly #lastClose: number;
  #at = 0;
  #next = 0;
  /** An explicit index ([2]) was used anywhere; was used just before this position; was wrong in this verb. */
  #reordered = false;
  #afterIndex = false;
  #wrongIndex = false;

  constructor(format: string, args: readonly Maybe[]) {
    this.#format = format;
    this.#args = args;
    this.#lastClose = format.lastIndexOf(']');
  }

  run(): string {
    const parts: string[] = [];
    let length = 0;
    const add = (text: string) => {
      length += text.length;
      if (length > longestText) throw new FunctionError(tooLong);
      parts.push(text);
    };
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent < 0 ? this.#format.length : percent;
      add(this.#format.slice(this.#at, end));
      this.#at = end + 1;
      if (percent >= 0) add(this.#directive());
    }
    return parts.join('') + this.#extra();
  }

  #directive(): string {
    this.#wrongIndex = false;
    const flags: Draft = {};
    for (let flag = this.#flag(); flag !== undefined; flag = this.#flag()) flags[flag] = true;
    this.#index();
    const complaints = this.#width(flags) + this.#precision(flags);
    if (!this.#afterIndex) this.#index();
    const verb = charAt(this.#format, this.#at);
    if (verb === '') return `${complaints}%!(NOVERB)`;
    this.#at += verb.length;
    return complaints + this.#argument(verb, flags);
  }

  #argument(verb: string, flags: Draft): string {
    if (verb === '%') return '%';
    if (this.#wrongIndex) return `%!${verb}(BADINDEX)`;
    if (this.#next >= this.#args.length) return `%!${verb}(MISSING)`;
    const argument = this.#args[this.#next++];
    if (Math.max(flags.width ?? 0, flags.precision ?? 0) * valuesIn(argument) > longestText) throw new FunctionError(tooLong);
    if (verb !== 'v') return formatArgument(argument, verb, flags);
    const { sharp = false, plus = false, ...rest } = flags;
    return formatArgument(argument, verb, { ...rest, goSyntax: sharp, fieldNames: plus });
  }

  #flag(): (typeof flagNames)[keyof typeof flagNames] | undefined {
    const char = this.#format[this.#at];
    if (char === undefined || !isFlag(char)) return undefined;
    this.#at++;
    return flagNames[char];
  }

  #width(flags: Draft): string {
    if (this.#format[this.#at] !== '*') {
      flags.width = this.#number();
      if (this.#afterIndex && flags.width !== undefined) this.#wrongIndex = true;
      return '';
    }
    const given = this.#star();
    if (given === undefined) return '%!(BADWIDTH)';
    flags.width = Math.abs(given);
    if (given < 0) Object.assign(flags, { minus: true, zero: false });
    return '';
  }

  #precision(flags: Draft): string {
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return '';
    this.#at++;
    if (this.#afterIndex) this.#wrongIndex = true;
    this.#index();
    if (this.#format[this.#at] !== '*') {
      flags.precision = this.#number() ?? 0;
      return '';
    }
    const given = this.#star();
    if (given === undefined || given < 0) return '%!(BADPREC)';
    flags.precision = given;
    return '';
  }

  /** A width or precision that is given by an argument; undefined when that is not a valid integer. */
  #star(): number | undefined {
    this.#at++;
    this.#afterIndex = false;
    if (this.#next >= this.#args.length) return undefined;
    const argument = inside(this.#args[this.#next++]);
    if (argument?.kind !== 'int' && argument?.kind !== 'uint') return undefined;
    const number = Number(argument.value);
    return Math.abs(number) > largest ? undefined : number;
  }

  /** Reads digits; a number that is too large ends the parsing of the format. */
  #number(): number | undefined {
    const digits = /^[0-9]+/.exec(this.#format.slice(this.#at))?.[0];
    if (digits === undefined) return undefined;
    if (digits.length > 7 && Number(digits.slice(0, -1)) > largest) {
      this.#at = this.#format.length;
      return undefined;
    }
    this.#at += digits.length;
    return Number(digits);
  }

  /** `[2]`: the next argument is the second one. */
  #index(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#reordered = true;
    const close = this.#at > this.#lastClose ? -1 : this.#format.indexOf(']', this.#at);
    const digits = /^[0-9]+$/.exec(this.#format.slice(this.#at + 1, close < 0 ? this.#at + 1 : close))?.[0];
    this.#at = close < 0 ? this.#at + 1 : close + 1;
    const index = Number(digits) - 1;
    this.#afterIndex = digits !== undefined;
    if (index >= 0 && index < this.#args.length) this.#next = index;
    else this.#wrongIndex = true;
  }

  #extra(): string {
    if (this.#reordered || this.#next >= this.#args.length) return '';
    const extra = this.#args.slice(this.#next).map((argument) => {
      const value = inside(argument);
      return value === undefined ? '<nil>' : `${value.type}=${formatArgument(value, 'v', {})}`;
    });
    return `%!(EXTRA ${extra.join(', ')})`;
  }
}

/** How many values are printed for one, each with the width and the precision. */
function valuesIn(value: Maybe): number {
  const at = indirect(value);
  const within =
    at?.kind === 'slice' ? at.items : at?.kind === 'map' ? at.entries.values() : at?.kind === 'struct' ? at.fields.values() : [];
  return [...within].reduce((sum, part) => sum + valuesIn(part), 1);
}

function isFlag(char: string): char is keyof typeof flagNames {
  return char in flagNames;
}
