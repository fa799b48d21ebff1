import { TsmachineError } from '../../../base/errors.js';
import { planDaemon } from '../settings/daemon.js';
import type { EngineFacts, HostFacts } from '../../look/facts.js';
import type { Settings } from '../settings/merge.js';
import { readRecord, recordLine } from '../settings/record.js';
import type { ProvisionRequest } from '../../request.js';
import { standardCertificates, type StartPlan } from '../start.js';
import { dropInPath, environmentFileVariables, foreignUnit, ownDropIn, splitCommand } from './unit.js';
import { environment } from '../settings/wanted.js';
import { environmentWord, execWord, type Word } from '../settings/words.js';

/**
 * systemd: settings go into daemon.json, and a drop-in of our own repeats the vendor's command line without them.
 * The unit and other drop-ins are never edited.
 */
export function planSystemd(facts: HostFacts, engine: EngineFacts, request: ProvisionRequest, present: Settings): StartPlan {
  const unit = foreignUnit(facts.service.unit);
  if (unit.execStart === undefined) throw noUnit(engine, request);
  const { program: named, args } = splitCommand(unit.execStart);
  const program = existing(named, engine.path, facts.service.missingPrograms);
  const own = ownDropIn(facts.service.unit);
  const variables = new Map([...unit.environment, ...environmentFileVariables(facts.service.environmentFiles)]);
  const daemon = planDaemon(engine, request, present, readRecord(own), { args, variables, quote: execWord });
  const command = [...program.map((word) => word.raw), ...daemon.words].join(' ');
  const freed = daemon.freed || program !== named;
  const assignments = environment(request);
  return {
    init: 'systemd',
    certificates: standardCertificates,
    settings: daemon.settings,
    override: {
      path: dropInPath,
      text: [
        `# Written by tsmachine for ${request.machine}. The settings themselves are in ${facts.config.path}.`,
        recordLine(daemon.record),
        '[Service]',
        ...(freed ? ['ExecStart=', `ExecStart=${command}`] : []),
        ...(assignments.length > 0 ? [`Environment=${assignments.map(environmentWord).join(' ')}`] : []),
        '',
      ].join('\n'),
    },
    presentOverride: own ?? '',
    socket: daemon.socket,
  };
}

/**
 * Docker Machine's drop-in (10-machine.conf) starts /usr/bin/dockerd, also where the distribution has the program in another folder: the
 * engine that is there is started instead.
 */
function existing(program: readonly Word[], engine: string, missing: readonly string[]): readonly Word[] {
  return program.some(({ value }) => missing.includes(value.replace(/^[-@:+!]+/, '')))
    ? program.map((word) => (/(^|\/)dockerd$/.test(word.value) ? { raw: execWord(engine), value: engine } : word))
    : program;
}

function noUnit(engine: EngineFacts, request: ProvisionRequest): TsmachineError {
  return new TsmachineError('ENGINE_CONFIG', `${request.machine} has an engine at ${engine.path}, but no docker.service that starts it`, {
    hint: 'Install the engine from a package, or write a systemd unit named docker.service for it',
  });
}
