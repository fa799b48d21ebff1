import { dig, put, text, type Json } from '../../../world/json.js';
import type { Stored } from '../../../world/world.js';

const words: Readonly<Record<string, string>> = {
  starting: 'VM starting',
  running: 'VM running',
  stopping: 'VM stopping',
  stopped: 'VM stopped',
  deallocating: 'VM deallocating',
  deallocated: 'VM deallocated',
};

/** What only `$expand=instanceView` and `statusOnly=true` show. */
export function instanceView({ body, hidden, name }: Stored): Json {
  const state = text(body, 'properties.provisioningState') ?? '';
  const power = text(hidden, 'power') ?? '';
  const error = dig(hidden, 'error') as { code: string; message: string } | undefined;
  const time = new Date(Number(hidden['since'] ?? 0)).toISOString();
  const failed = state === 'Failed' && error !== undefined;
  const provisioning = failed
    ? { code: `ProvisioningState/failed/${error.code}`, level: 'Error', displayStatus: 'Provisioning failed', message: error.message, time }
    : {
        code: `ProvisioningState/${state.toLowerCase()}`,
        level: 'Info',
        displayStatus: state === 'Succeeded' ? 'Provisioning succeeded' : state,
        time,
      };
  const view: Json = {
    computerName: text(body, 'properties.osProfile.computerName') ?? name,
    hyperVGeneration: 'V2',
    statuses: [
      provisioning,
      ...(power === '' ? [] : [{ code: `PowerState/${power}`, level: 'Info', displayStatus: words[power] ?? power }]),
    ],
  };
  if (dig(body, 'properties.diagnosticsProfile.bootDiagnostics.enabled') === true) put(view, 'bootDiagnostics', {});
  return view;
}
