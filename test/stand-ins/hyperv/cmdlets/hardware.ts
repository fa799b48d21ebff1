import { Instance } from '../powershell/values/values.js';
import { change, type Vm, type World } from '../state.js';
import type { Cmdlet, Given } from './cmdlet.js';
import { memorySettings } from './memory.js';
import { invalid, off, vmsOf } from './world.js';

/** Changes what a VM has, which must be off. */
function changing(work: (vm: Vm, given: Given, world: World) => void): Cmdlet {
  return (given) =>
    change((world) => {
      for (const vm of vmsOf(world, given, 'VMName')) work(off(vm), given, world);
      return [];
    });
}

export const setVMProcessor = changing(({ settings }, given, { global }) => {
  if (!given.has('Count')) return;
  const count = given.number('Count');
  if (count < 1 || count > Number(global['cpus'])) throw invalid(`${count} is out of range for virtual processors.`);
  settings['cpus'] = String(count);
});

export const setVMMemory = changing(({ settings }, given) => {
  Object.assign(settings, memorySettings(settings, given));
});

export const setVMNetworkAdapter = changing(({ settings }, given) => {
  if (given.has('StaticMacAddress') === given.flag('DynamicMacAddress')) throw invalid('A MAC address is either static or dynamic.');
  if (!given.has('StaticMacAddress')) return;
  const mac = given.text('StaticMacAddress').replace(/[:-]/g, '');
  if (!/^[0-9A-F][02468ACE][0-9A-F]{10}$/i.test(mac) || /^0+$/.test(mac)) throw invalid(`The MAC address ${mac} is not valid.`);
  Object.assign(settings, { mac: mac.toLowerCase(), macs: 'static' });
});

export const setVMNetworkAdapterVlan = changing(({ settings }, given) => {
  if (given.flag('Access') === given.flag('Untagged')) throw invalid('A network adapter is either untagged or in access mode.');
  if (given.flag('Access') !== given.has('VlanId')) throw invalid('In access mode, and only there, an adapter has one VLAN.');
  const vlan = given.flag('Access') ? given.number('VlanId') : 0;
  if (given.flag('Access') && (vlan < 1 || vlan > 4094)) throw invalid('The VLAN must be from 1 to 4094.');
  settings['vlan'] = String(vlan);
});

export const setVMFirmware = changing(({ settings, attached, uuid }, given) => {
  if (settings['generation'] !== '2') throw invalid('Firmware settings are supported for virtual machines of generation 2 alone.');
  const devices = given.objects('FirstBootDevice');
  if (given.has('FirstBootDevice')) {
    const [device] = devices;
    const place = device?.properties['Place'];
    if (devices.length !== 1 || device?.properties['VMId'] !== uuid || typeof place !== 'string')
      throw invalid("The boot device must be one of the VM's own.");
    settings['boot'] = attached[place] ?? '';
  }
  const before = settings['firmware'] === 'off' ? 'MicrosoftWindows' : (settings['firmware'] ?? '');
  const template = given.has('SecureBootTemplate') ? given.text('SecureBootTemplate') : before;
  if (!['MicrosoftWindows', 'MicrosoftUEFICertificateAuthority', 'OpenSourceShieldedVM'].includes(template)) {
    throw invalid(`There is no template of secure boot "${template}".`);
  }
  const isOn = given.has('EnableSecureBoot') ? given.text('EnableSecureBoot') === 'On' : settings['firmware'] !== 'off';
  settings['firmware'] = isOn ? template : 'off';
});

/** Guests without Hyper-V's services tell no address of the network, only what their kernel gave itself. */
export const getVMNetworkAdapter: Cmdlet = (given) =>
  change((world) =>
    vmsOf(world, given, 'VMName').map(({ settings, state, name }) => {
      const isKnown = settings['macs'] !== 'dynamic' || settings['started'] === 'true';
      return new Instance('Microsoft.HyperV.PowerShell.VMNetworkAdapter', {
        VMName: name,
        SwitchName: settings['switch'] ?? '',
        MacAddress: isKnown ? (settings['mac'] ?? '').toUpperCase() : '000000000000',
        IPAddresses: state === 'running' ? ['fe80::215:5dff:fe01:203'] : [],
      });
    }),
  );

/** What this computer has seen: the guests, also those that are off by now, and others. */
export const getNetNeighbor: Cmdlet = () =>
  change(({ global, vms }) => {
    const guests = Object.values(vms).flatMap(({ settings: { mac: mac = '' } }) => {
      const ip = global[`lease/${mac}`];
      return ip === undefined
        ? []
        : [
            [ip, dashed(mac)],
            ['fe80::215:5dff:fe01:203', dashed(mac)],
          ];
    });
    return [['192.0.2.1', '02-00-00-00-00-01'], ['192.0.2.99', '00-00-00-00-00-00'], ['224.0.0.22', ''], ...guests].map(
      ([ip = '', mac = '']) =>
        new Instance('Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_NetNeighbor', {
          IPAddress: ip,
          LinkLayerAddress: mac,
        }),
    );
  });

function dashed(mac: string): string {
  return mac.toUpperCase().replace(/..(?=.)/g, '$&-');
}
