import { toText, typeName } from './convert.js';
import { Unknown } from '../errors.js';
import { BlockValue, Choice, Instance, lookUp, nothing, type Value } from './values.js';

/** What the classes of .NET that the scripts use reach outside for. */
export interface Outside {
  readonly write: (text: string) => void;
  /** Roles of Windows that the user has: `Administrator`, or the id of a group. */
  readonly hasRole: (role: string) => boolean;
}

type Static = (args: readonly Value[], outside: Outside) => Promise<Value> | Value;

const principal = 'System.Security.Principal';
const roles = { Administrator: 544, User: 545, Guest: 546 };

/** Static members, `type::name` with as many arguments. */
const statics: Readonly<Record<string, Static>> = {
  'Console::Out': (_args, { write }) =>
    new Instance(
      'System.IO.TextWriter',
      {},
      {
        WriteLine: (line) => {
          write(`${toText(line ?? null)}\r\n`);
          return nothing;
        },
      },
    ),
  'Security.Principal.WindowsIdentity::GetCurrent/0': () => new Instance(`${principal}.WindowsIdentity`),
  ...Object.fromEntries(
    Object.keys(roles).map((name) => [
      `Security.Principal.WindowsBuiltInRole::${name}`,
      () => new Choice(`${principal}.WindowsBuiltInRole`, roles, name),
    ]),
  ),
  'regex::Replace/3': ([input, pattern, by]) => {
    if (typeof input !== 'string' || typeof pattern !== 'string' || !(by instanceof BlockValue))
      throw new Unknown('such a [regex]::Replace');
    return replaceEach(input, pattern, by);
  },
};

export async function staticMember(type: string, name: string, args: readonly Value[] | undefined, outside: Outside): Promise<Value> {
  const key = `${type.replace(/^System\./i, '')}::${name}${args ? `/${args.length}` : ''}`;
  const member = lookUp(statics, key);
  if (!member) throw new Unknown(`[${type}]::${name}${args ? `( ${args.length} )` : ''}`);
  return member(args ?? [], outside);
}

/** A class of characters means the same in .NET and in JavaScript, and both count in units of UTF-16; other patterns may differ. */
async function replaceEach(input: string, pattern: string, by: BlockValue): Promise<string> {
  if (!/^\[\^?[^\\\][]+\]$/.test(pattern)) throw new Unknown(`the pattern ${pattern}`);
  let output = '';
  for (const unit of input.split('')) {
    const match = new Instance('System.Text.RegularExpressions.Match', { Value: unit });
    output += new RegExp(pattern).test(unit) ? (await by.invoke([match])).map(toText).join(' ') : unit;
  }
  return output;
}

/** New-Object */
export function newObject(type: string, args: readonly Value[], { hasRole }: Outside): Value {
  const [only] = args;
  const name = type.replace(/^System\./i, '').toLowerCase();
  if (name === 'security.principal.securityidentifier' && args.length === 1 && typeof only === 'string' && /^S-1(?:-\d+)+$/.test(only)) {
    return new Instance(`${principal}.SecurityIdentifier`, {}, {}, only);
  }
  if (name === 'security.principal.windowsprincipal' && only instanceof Instance && only.type === `${principal}.WindowsIdentity`) {
    return new Instance(
      `${principal}.WindowsPrincipal`,
      {},
      {
        IsInRole: (role) => {
          if (role instanceof Choice || (role instanceof Instance && role.type === `${principal}.SecurityIdentifier`))
            return hasRole(toText(role));
          throw new Unknown(`a role that is a ${typeName(role ?? null)}`);
        },
      },
    );
  }
  throw new Unknown(`New-Object ${type} (${args.map(typeName).join(', ')})`);
}
