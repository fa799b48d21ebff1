/** The engine as a library: what the command line does, without a terminal. */
export { adoptMachine, type AdoptRequest } from './core/hand-over/adopt.js';
export { createContext, listContexts, removeContext, type ContextRow } from './core/context.js';
export { createMachine, type CreateRequest } from './core/create.js';
export { examine, type ExamineOptions, type Finding, type Level } from './core/doctor/doctor.js';
export { TsmachineError, errorTable, type ErrorCode, type Fault } from './core/errors.js';
export { exportMachines, type ExportRequest } from './core/hand-over/export.js';
export { importMachines, type ImportRequest } from './core/hand-over/import.js';
export { silentIo, type Io } from './core/io.js';
export { killMachine, restartMachine, startMachine, stopMachine } from './core/lifecycle.js';
export { activeMachine, listMachines, listNames, type MachineRow } from './core/list.js';
export { provisionMachine, regenerateCertificates, type EngineInstall, type InstallMode } from './core/provision.js';
export { dockerConnection, engineVersion, inspectMachine, machineIp, machineState, machineUrl, type DockerConnection } from './core/query.js';
export { removeMachine } from './core/remove.js';
export { parseFilters, type Filters } from './core/selection.js';
export { openSession, type Session, type SessionOptions } from './core/session.js';
export { openShell } from './core/shell.js';
export { checkBeforeSwarm, type CheckFinding } from './core/swarm/check/before.js';
export { checkSwarm, type CheckRequest, type SwarmCheck } from './core/swarm/check/check.js';
