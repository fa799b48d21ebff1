import { quote } from '../../../base/quote.js';
import { planDaemon } from '../settings/daemon.js';
import type { EngineFacts, HostFacts } from '../../look/facts.js';
import type { Settings } from '../settings/merge.js';
import { readRecord, recordLine } from '../settings/record.js';
import type { ProvisionRequest } from '../../request.js';
import { standardCertificates, type StartPlan } from '../start.js';
import { environmentFileVariables } from './unit.js';
import { environment } from '../settings/wanted.js';
import { splitWords } from '../settings/words.js';

const path = '/etc/conf.d/docker';
const begin = '# tsmachine begin';
const end = '# tsmachine end';

/**
 * OpenRC: settings go into daemon.json. Flags and variables go into a marked block at the end of /etc/conf.d/docker,
 * the only file that OpenRC reads.
 */
export function planOpenrc(facts: HostFacts, engine: EngineFacts, request: ProvisionRequest, present: Settings): StartPlan {
  const { foreign, own } = split(facts.service.confD);
  const options = environmentFileVariables(foreign).get('DOCKER_OPTS') ?? '';
  const daemon = planDaemon(engine, request, present, readRecord(own), {
    args: splitWords(options),
    variables: new Map(),
    quote: (word) => quote(word),
  });
  const block = [
    begin,
    recordLine(daemon.record),
    ...(daemon.freed ? [`DOCKER_OPTS=${quote(daemon.words.join(' '))}`] : []),
    ...environment(request).map((assignment) => {
      const at = assignment.indexOf('=');
      return `export ${assignment.slice(0, at)}=${quote(assignment.slice(at + 1))}`;
    }),
    end,
  ];
  return {
    init: 'openrc',
    certificates: standardCertificates,
    settings: daemon.settings,
    override: { path, text: `${[...(foreign === '' ? [] : [foreign]), ...block].join('\n')}\n` },
    presentOverride: facts.service.confD,
    socket: daemon.socket,
  };
}

function split(text: string): { foreign: string; own: string } {
  const lines = text.split('\n');
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end, from);
  if (from < 0 || to < 0) return { foreign: text.trimEnd(), own: '' };
  return { foreign: [...lines.slice(0, from), ...lines.slice(to + 1)].join('\n').trimEnd(), own: lines.slice(from, to + 1).join('\n') };
}
