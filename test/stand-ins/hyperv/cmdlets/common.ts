import { toText, toTruth } from '../powershell/values/convert.js';
import { newObject, type Outside } from '../powershell/values/dotnet.js';
import { Unknown } from '../powershell/errors.js';
import { fromJson, toJson } from '../powershell/values/json.js';
import { collected, Instance, isArray, lookUp } from '../powershell/values/values.js';
import type { Cmdlet } from './cmdlet.js';

export const forEachObject: Cmdlet = (given) =>
  given.has('InputObject') ? given.block('Process').forItem(given.value('InputObject')) : [];

export const whereObject: Cmdlet = async (given) => {
  const item = given.value('InputObject');
  return given.has('InputObject') && toTruth(collected(await given.block('FilterScript').forItem(item))) ? [item] : [];
};

export const convertFromJson: Cmdlet = (given) => [fromJson(given.text('InputObject'))];

export const convertToJson: Cmdlet = (given) => {
  if (!given.flag('Compress')) throw new Unknown('how ConvertTo-Json breaks lines');
  return [toJson(given.value('InputObject'), given.has('Depth') ? given.number('Depth') : 2)];
};

export function newObjectBy(outside: Outside): Cmdlet {
  return (given) => {
    const args = given.value('ArgumentList');
    return [newObject(given.text('TypeName'), !given.has('ArgumentList') ? [] : isArray(args) ? args : [args], outside)];
  };
}

/** Get-Command: of one that there is, what parameters it has. */
export function commandObject(name: string, parameters: Readonly<Record<string, unknown>>): Instance {
  return new Instance('System.Management.Automation.CmdletInfo', {
    Name: name,
    Parameters: new Instance(
      'System.Collections.Generic.Dictionary',
      {},
      {
        ContainsKey: (key) => lookUp(parameters, toText(key ?? null)) !== undefined,
      },
    ),
  });
}
