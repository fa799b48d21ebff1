import type { RemoteShell } from '../../base/shell.js';
import type { HostFacts } from '../look/facts.js';
import { planInstall } from '../plan/install.js';
import { packageFailure, packageStatuses, reportLine } from './package-script.js';
import type { ProvisionRequest } from '../request.js';

/** Milliseconds that an installation may take on a slow host or network. */
export const installTimeout = 1_200_000;

/**
 * Installs an engine on a host that has none. It is started later, once its settings are in place.
 * @throws TsmachineError PACKAGE_LOCK, HOST_DISK_FULL, ENGINE_INSTALL and what `planInstall` throws
 */
export async function installEngine(shell: RemoteShell, facts: HostFacts, request: ProvisionRequest): Promise<void> {
  const { io, machine, install } = request;
  const plan = planInstall(facts, install, machine);
  io.info('Installing Docker...');
  const result = await shell.rootScript(plan.template, plan.variables, {
    timeout: installTimeout,
    ok: packageStatuses,
    onLine: (line) => {
      reportLine(line, io);
    },
  });
  if (result.exitCode !== 0) throw packageFailure(result, plan.variables, { machine, version: install.version, doing: 'Installing' });
}
