import { convert, shown } from './arguments.js';
import { everywhere, typeText, type Declaration, type Parameter } from './declaration.js';
import { terminating, Unknown } from '../errors.js';
import type { Call } from '../evaluate.js';
import { collected, lookUp, type Value } from '../values/values.js';

/** The arguments of one call, by the names that the cmdlet gives them. */
export type Arguments = ReadonlyMap<string, Value>;

/**
 * Binds a call as PowerShell does: by name, then by position, then from the pipeline; then it finds the parameter set.
 * @param declaration the parameters that the cmdlet has here
 * @returns once for each object of the pipeline
 * @throws Complaint that ends the statement
 */
export function bind({ words, input }: Pick<Call, 'words' | 'input'>, declaration: Declaration): Arguments[] {
  const bound = named(words, declaration);
  const piped: readonly (Value | undefined)[] =
    input === undefined ? [undefined] : declaration.gathers && input.length > 0 ? [collected(input)] : input;
  return piped.map((item) => complete(bound, item, declaration));
}

function named(words: Call['words'], declaration: Declaration): Map<string, Value> {
  const bound = new Map<string, Value>();
  const loose: Value[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word; word = rest.shift()) {
    if (!('parameter' in word)) {
      loose.push(word.value);
      continue;
    }
    const name = fullName(word.parameter, declaration);
    if (bound.has(name))
      throw refusal(`Cannot bind parameter because parameter '${name}' is specified more than once.`, 'ParameterAlreadyBound', declaration);
    const parameter = parameterOf(name, declaration);
    if (parameter.type === 'Switch') {
      bound.set(name, true);
      continue;
    }
    const [next] = rest;
    if (!next || 'parameter' in next) {
      throw refusal(
        `Missing an argument for parameter '${name}'. Specify a parameter of type '${typeText(parameter)}' and try again.`,
        'MissingArgument',
        declaration,
      );
    }
    rest.shift();
    bound.set(name, next.value);
  }
  return positioned(bound, loose, declaration);
}

function fullName(written: string, declaration: Declaration): string {
  const known = Object.keys(declaration.parameters);
  const exact = known.find((name) => name.toLowerCase() === written.toLowerCase());
  if (exact !== undefined) return exact;
  const [only, ...others] = [...known, ...everywhere].filter((name) => name.toLowerCase().startsWith(written.toLowerCase()));
  if (only === undefined) {
    throw refusal(`A parameter cannot be found that matches parameter name '${written}'.`, 'NamedParameterNotFound', declaration);
  }
  if (others.length > 0) {
    const matches = [only, ...others].map((name) => ` -${name}`).join('');
    const message =
      `Parameter cannot be processed because the parameter name '${written}' is ambiguous. ` + `Possible matches include:${matches}.`;
    throw refusal(message, 'AmbiguousParameter', declaration);
  }
  if (everywhere.includes(only)) throw new Unknown(`-${only}`);
  return only;
}

/** What has no name goes to the first open positions of the sets that are still possible. */
function positioned(bound: Map<string, Value>, loose: readonly Value[], declaration: Declaration): Map<string, Value> {
  const rest = [...loose];
  while (rest.length > 0) {
    const sets = possibleSets(bound, declaration);
    const open = Object.entries(declaration.parameters)
      .filter(
        ([name, { position, sets: own }]) => position !== undefined && !bound.has(name) && (!own || own.some((set) => sets.includes(set))),
      )
      .sort(([, one], [, other]) => (one.position ?? 0) - (other.position ?? 0));
    const [first, second] = open;
    if (!first) {
      throw refusal(
        `A positional parameter cannot be found that accepts argument '${shown(rest[0] ?? null)}'.`,
        'PositionalParameterNotFound',
        declaration,
      );
    }
    if (second && second[1].position === first[1].position)
      throw new Unknown(`whether an argument of ${declaration.type} is -${first[0]} or -${second[0]}`);
    bound.set(first[0], first[1].rest ? rest.splice(0) : (rest.shift() ?? null));
  }
  return bound;
}

function complete(bound: ReadonlyMap<string, Value>, item: Value | undefined, declaration: Declaration): Arguments {
  const all = new Map(bound);
  if (item !== undefined) bindPiped(all, item, declaration);
  const set = setOf(all, declaration);
  for (const [name, value] of all)
    all.set(name, convert(value, name, parameterOf(name, declaration), isMandatory(parameterOf(name, declaration), set), declaration));
  return all;
}

function bindPiped(all: Map<string, Value>, item: Value, declaration: Declaration): void {
  const sets = possibleSets(all, declaration);
  const taking = Object.entries(declaration.parameters).filter(
    ([name, { pipeline, sets: own }]) => pipeline && !all.has(name) && (!own || own.some((set) => sets.includes(set))),
  );
  for (const [name, parameter] of taking) {
    try {
      convert(item, name, parameter, parameter.type !== 'Any', declaration);
    } catch {
      continue; // another parameter may take it
    }
    all.set(name, item);
    return;
  }
  throw refusal(
    'The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or ' +
      'the input and its properties do not match any of the parameters that take pipeline input.',
    'InputObjectNotBound',
    declaration,
  );
}

/** The set of a call whose arguments are all there. */
function setOf(bound: ReadonlyMap<string, Value>, declaration: Declaration): string {
  const possible = possibleSets(bound, declaration);
  const missing = (set: string) =>
    Object.entries(declaration.parameters)
      .filter(([name, parameter]) => isMandatory(parameter, set) && !bound.has(name))
      .map(([name]) => name);
  const fitting = possible.filter((set) => missing(set).length === 0);
  const { defaultSet = '' } = declaration;
  if (fitting.includes(defaultSet) || fitting.length === 1) return fitting.includes(defaultSet) ? defaultSet : (fitting[0] ?? '');
  if (fitting.length > 1) throw ambiguous(declaration);
  const nearest = possible.includes(defaultSet) ? defaultSet : (possible[0] ?? '');
  if (possible.length > 1 && !possible.includes(defaultSet)) throw ambiguous(declaration);
  const message = `Cannot process command because of one or more missing mandatory parameters: ${missing(nearest).join(' ')}.`;
  throw refusal(message, 'MissingMandatoryParameter', declaration);
}

/** The parameter sets that have all of these arguments. @throws Complaint when none has */
export function possibleSets(bound: ReadonlyMap<string, unknown>, declaration: Declaration): string[] {
  const parameters = Object.values(declaration.parameters);
  const all = [...new Set(parameters.flatMap(({ sets }) => sets ?? []))];
  const possible = (all.length === 0 ? ['__AllParameterSets'] : all).filter((set) =>
    [...bound.keys()].every((name) => parameterOf(name, declaration).sets?.includes(set) ?? true),
  );
  if (possible.length === 0) throw ambiguous(declaration);
  return possible;
}

function isMandatory({ mandatory, sets }: Parameter, set: string): boolean {
  if (mandatory === undefined || (sets && !sets.includes(set))) return false;
  return mandatory === true || mandatory.includes(set);
}

function parameterOf(name: string, { parameters, type }: Declaration): Parameter {
  const found = lookUp(parameters, name);
  if (!found) throw new Error(`${type} has no -${name}`);
  return found;
}

function ambiguous(declaration: Declaration): Error {
  return refusal('Parameter set cannot be resolved using the specified named parameters.', 'AmbiguousParameterSet', declaration);
}

function refusal(message: string, id: string, { type }: Declaration): Error {
  return terminating(message, `${id},${type}`);
}
