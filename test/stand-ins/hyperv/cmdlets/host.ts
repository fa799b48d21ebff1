import { Choice, Instance, Whole } from '../powershell/values/values.js';
import { change } from '../state.js';
import type { Cmdlet } from './cmdlet.js';
import { guid, invalid, rightsOf } from './world.js';

const switchTypes = { Private: 0, Internal: 1, External: 2 };

interface Switch {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

export const getVMHost: Cmdlet = () =>
  change(({ global }) => [
    new Instance('Microsoft.HyperV.PowerShell.VMHost', {
      LogicalProcessorCount: new Whole(Number(global['cpus']), 'Int64'),
      MemoryCapacity: new Whole(Number(global['memory']), 'Int64'),
    }),
  ]);

export const getVMSwitch: Cmdlet = (given) =>
  change(({ global }) => {
    const all = JSON.parse(global['switches'] ?? '[]') as Switch[];
    const found = given.has('Name') ? all.filter(({ name }) => name.toLowerCase() === given.text('Name').toLowerCase()) : all;
    if (given.has('Name') && found.length === 0)
      throw invalid(`Hyper-V was unable to find a virtual switch with name "${given.text('Name')}".`);
    return found.map(
      ({ id, name, type }) =>
        new Instance('Microsoft.HyperV.PowerShell.VMSwitch', {
          Id: guid(id),
          Name: name,
          SwitchType: new Choice('Microsoft.HyperV.PowerShell.VMSwitchType', switchTypes, type),
        }),
    );
  });

/** Windows has two versions of the module side by side. */
export const getModule: Cmdlet = (given) =>
  change((world) => {
    if (!given.flag('ListAvailable') || given.text('Name').toLowerCase() !== 'hyper-v' || !rightsOf(world).module) return [];
    return ['2.0.0.0', '1.1'].map(
      (version) => new Instance('System.Management.Automation.PSModuleInfo', { Name: 'Hyper-V', Version: version }),
    );
  });
