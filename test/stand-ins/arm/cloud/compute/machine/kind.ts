import { Violated } from '../../../front/errors.js';
import type { Answer, Arrived, Kind } from '../../../front/kinds.js';
import { copy, isJson, json, list, put, type Json } from '../../../world/json.js';
import { types } from '../../network/used.js';
import { begin, find, listed, show, shown } from '../../tracked.js';
import { checkTags } from '../../tags.js';
import { actions, bootDiagnostics, deleteMachine } from './actions.js';
import { failed, machine, merged, putMachine } from './put.js';
import { instanceView } from './view.js';

const { type, versions } = machine;

function get(arrived: Arrived): Answer {
  const { world, address, subscription, query } = arrived;
  const running = world.operations.running(address.id);
  if (running && !(world.behaviour.backed && running.kind !== undefined)) world.operations.tick(running);
  const stored = find(arrived, machine);
  const expand = query.get('$expand');
  if (expand !== null && expand !== 'instanceView') throw new Violated(400, 'InvalidParameter', `$expand '${expand}' is not played.`);
  const answer = shown(200, stored, machine, arrived);
  if (expand === null) return answer;
  const body = show(stored, machine, subscription);
  put(body, 'properties.instanceView', instanceView(stored));
  return { ...answer, body };
}

/**
 * `statusOnly=true` of the whole subscription shows states, and neither tags nor most properties
 * (github.com/Azure/azure-rest-api-specs/issues/42411).
 */
function listAll(arrived: Arrived): Answer {
  const { query, address, subscription } = arrived;
  const answer = listed(arrived, machine);
  const whole = address.group === undefined;
  const statusOnly = whole && query.get('statusOnly') === 'true';
  const expanded = query.get('$expand') === 'instanceView';
  if (expanded && whole && query.get('$filter') === null) {
    throw new Violated(400, 'InvalidParameter', "$expand=instanceView of a subscription's machines needs a $filter.");
  }
  if (!statusOnly && !expanded) return answer;
  const value = list(answer.body, 'value').map((each) => {
    const stored = subscription.get(String(each['id']));
    if (stored) put(each, 'properties.instanceView', instanceView(stored));
    return statusOnly ? short(each) : each;
  });
  return { ...answer, body: { value } };
}

function short(machine: Json): Json {
  const { id, name, type: of, location } = machine;
  const { vmId, instanceView: view } = json(machine, 'properties');
  return { id, name, type: of, location, properties: { vmId, instanceView: view } };
}

function patch(arrived: Arrived): Answer {
  const stored = find(arrived, machine);
  checkTags(arrived.body['tags']);
  const onlyTags = Object.keys(arrived.body).every((key) => key === 'tags');
  stored.body = merged(stored.body, arrived.body);
  if (isJson(arrived.body['tags'])) stored.body['tags'] = copy(arrived.body['tags']);
  if (onlyTags) return shown(200, stored, machine, arrived);
  const operation = begin(arrived, stored.id, String(stored.body['location']), {
    finish: () => {
      put(stored.body, 'properties.provisioningState', 'Succeeded');
    },
    fail: (error) => {
      failed(stored, error);
    },
    result: () => show(stored, machine, arrived.subscription),
  });
  return { ...shown(200, stored, machine, arrived), operation };
}

function current({ subscription, address }: Arrived): Json | undefined {
  const stored = subscription.get(address.id);
  return stored && show(stored, machine, subscription);
}

export const machineKinds: readonly Kind[] = [
  {
    type,
    versions,
    handlers: {
      GET: { action: `${type}/read`, work: get },
      LIST: { action: `${type}/read`, work: listAll },
      PUT: { action: `${type}/write`, takes: 'resource', work: putMachine, current },
      PATCH: { action: `${type}/write`, takes: 'patch', work: patch, current },
      DELETE: { action: `${type}/delete`, work: deleteMachine },
      ...actions,
      'POST retrieveBootDiagnosticsData': { action: `${type}/retrieveBootDiagnosticsData/action`, work: bootDiagnostics },
    },
  },
  {
    type: `${types.machine}/instanceView`,
    versions,
    handlers: {
      LIST: {
        action: `${type}/instanceView/read`,
        work: (arrived) => ({ status: 200, body: instanceView(find(arrived, machine)) }),
      },
    },
  },
];
