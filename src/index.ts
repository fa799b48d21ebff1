/**
 * tsmachine as a library: what the command line does, a program does with these functions, and nothing else of the package is public.
 * Nothing here prints, asks or ends the process. docs/library.md shows each topic in complete programs.
 */

// The store, and where messages go
export { openSession, type Secrets, type Session, type SessionOptions } from './session.js';
export { defaultStorePath } from './system/home.js';
export { silentIo, type Io } from './base/io.js';
export { packageVersion } from './system/package.js';

// Words for a person, and errors with codes
export { plain, type Command, type Sentence, type Text } from './base/text.js';
export { TsmachineError, errorTable, type ErrorCode, type Fault } from './base/errors.js';
export type { Outcome } from './machine/choose/each.js';

// Drivers and their flags
export { allDriverNames, describeDriver, driverNames, type DriverInfo } from './machine/access/driver-registry.js';
export type { DriverFeatures } from './driver/contract.js';
export type { FlagSpec, FlagType, FlagValue, FlagValues } from './base/flags.js';

// Making machines, taking over hosts, removing them
export { createRequest, type CreateOptions } from './machine/request/create-request.js';
export { createMachine, type CreateRequest } from './machine/create.js';
export type { EngineInstall, InstallMode } from './base/machine.js';
export { adoptRequest, type AdoptOptions } from './transfer/adopt-request.js';
export { adoptMachine, type AdoptRequest } from './transfer/adopt.js';
export { removeMachine, removeMachines } from './swarm/members/leave/removal.js';

// Looking at machines
export { activeMachine, listMachines, listNames, type ListOptions, type MachineRow } from './machine/list.js';
export { parseFilters, type Filters } from './machine/choose/selection.js';
export { engineVersion, inspectMachine, machineIp, machineState, machineUrl } from './machine/query.js';
export type { State } from './base/machine.js';
export type { EngineOptions, HostConfig, SwarmOptions } from './store/config/schema.js';
export { examine as examineMachines, type ExamineOptions, type Finding, type Level } from './doctor/doctor.js';

// Power, provisioning, certificates, upgrades
export { killMachine, restartMachine, startMachine, stopMachine } from './machine/lifecycle.js';
export { provisionMachine, regenerateCertificates } from './machine/provision.js';
export { upgradeMachine, type UpgradeOptions } from './machine/upgrade.js';

// Shells, commands and files on machines
export { openShell } from './machine/access/shell.js';
export { runCommand, type CommandOptions } from './machine/access/run-command.js';
export type { ExecResult } from './base/shell.js';
export { copyFiles, type CopyOptions } from './copy/scp.js';
export { mountFolder, unmountFolder } from './copy/mount.js';

// Docker on machines: how clients reach it, contexts, the Engine API
export { dockerConnection, type DockerConnection } from './machine/query.js';
export { dockerVariables } from './machine/access/docker-variables.js';
export { createContext, listContexts, removeContext, type ContextRow } from './machine/context.js';
export { openEngine } from './machine/access/open-engine.js';
export { importImage, pullImage, type ProgressOptions } from './docker/images.js';
export type { Engine, EngineVersion, RequestOptions } from './docker/client.js';

// Machines from one computer to another
export { exportMachines, type ExportRequest } from './transfer/export.js';
export { importMachines, type ImportRequest } from './transfer/import.js';

// Whole swarms, as a file or flags declare them
export { declareSwarm, type DeclareOptions, type SwarmFromFile, type SwarmFromFlags } from './swarm/up/declare-swarm.js';
export type { DeclaredFrom as DeclaredSwarm } from './swarm/up/declared.js';
export type { DeclarationWarning, SwarmDeclaration, SwarmSettings } from './swarm/model/declaration.js';
export { bringUp, planUp, type PlanReport, type UpOptions } from './swarm/up/up.js';
export { endSwarm, type DownOptions } from './swarm/members/leave/down.js';

// Members of a swarm
export { initSwarmOn as initSwarm, type InitRequest, type SettingsFlags } from './swarm/members/init.js';
export { joinMachines, type JoinRequest } from './swarm/members/join.js';
export { leaveMachines } from './swarm/members/leave/leave.js';
export { demote as demoteMachines, promote as promoteMachines } from './swarm/members/roles.js';
export { setAvailability } from './swarm/members/availability.js';
export { labelsOf as readLabels, setLabels } from './swarm/members/set-labels.js';
export { replaceMachine } from './swarm/members/replace.js';
export type { Availability, Labels, Role } from './base/swarm-node.js';

// Looking at swarms
export { listSwarms } from './swarm/reach/list.js';
export { listSwarmNodes } from './swarm/status/nodes.js';
export { swarmStatus, type SwarmStatus } from './swarm/status/status.js';
export { inspectSwarm } from './swarm/status/inspect.js';
export type { NodeRow } from './swarm/status/node-columns.js';
export type { StatusProblem as SwarmProblem } from './swarm/status/problems.js';
export { checkSwarm, type CheckRequest, type SwarmCheck } from './swarm/check/check.js';
export { checkBeforeSwarm } from './swarm/check/before.js';

// Tokens, keys and certificates of a swarm
export { tokenOf as readJoinToken } from './swarm/members/token.js';
export { rootCa as readRootCa, type CaOptions } from './swarm/upkeep/ca.js';
export { readUnlockKey, rotateUnlockKey, unlockSwarm } from './swarm/rescue/unlock.js';

// Rolling changes of a swarm
export { upgradeSwarm, type SwarmUpgradeOptions } from './swarm/upkeep/upgrade.js';
export { regenerateSwarm as regenerateSwarmCertificates } from './swarm/upkeep/regenerate-certs.js';
export type { RollingOptions, RollingReport } from './swarm/upkeep/rolling.js';

// Saving a swarm, and bringing one back
export { backupSwarm, type BackupOptions } from './swarm/rescue/backup.js';
export { restoreSwarm, type RestoreOptions } from './swarm/rescue/restore.js';
export { recoverSwarm } from './swarm/rescue/recover.js';
