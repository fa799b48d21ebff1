/** The engine as a library: what the command line does, without a terminal. */
export { adoptMachine, type AdoptRequest } from './transfer/adopt.js';
export { createContext, listContexts, removeContext, type ContextRow } from './machine/context.js';
export { createMachine, type CreateRequest } from './machine/create.js';
export { examine, type ExamineOptions, type Finding, type Level } from './doctor/doctor.js';
export { TsmachineError, errorTable, type ErrorCode, type Fault } from './base/errors.js';
export { exportMachines, type ExportRequest } from './transfer/export.js';
export { importMachines, type ImportRequest } from './transfer/import.js';
export { silentIo, type Io } from './base/io.js';
export { killMachine, restartMachine, startMachine, stopMachine } from './machine/lifecycle.js';
export { activeMachine, listMachines, listNames, type MachineRow } from './machine/list.js';
export type { EngineInstall, InstallMode } from './base/machine.js';
export { provisionMachine, regenerateCertificates } from './machine/provision.js';
export {
  dockerConnection,
  engineVersion,
  inspectMachine,
  machineIp,
  machineState,
  machineUrl,
  type DockerConnection,
} from './machine/query.js';
export { removeMachine } from './machine/remove.js';
export { parseFilters, type Filters } from './machine/choose/selection.js';
export { openSession, type Secrets, type Session, type SessionOptions } from './session.js';
export { openShell } from './machine/access/shell.js';
export { checkBeforeSwarm, type CheckFinding } from './swarm/check/before.js';
export { checkSwarm, type CheckRequest, type SwarmCheck } from './swarm/check/check.js';
