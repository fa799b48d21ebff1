import { ArmError } from '../../../front/errors.js';
import type { Answer, Arrived, Handler } from '../../../front/kinds.js';
import type { Power, StateNote } from '../../../types.js';
import { dig, json, put, text } from '../../../world/json.js';
import type { Stored } from '../../../world/world.js';
import { types } from '../../network/used.js';
import { begin, find } from '../../tracked.js';
import { allocate } from '../capacity.js';
import { dropMachine } from '../parts.js';
import { failed } from './put.js';

interface Move {
  readonly note: StateNote['state'];
  readonly during: Power;
  readonly after: Power;
  /** Needs room. */
  readonly allocates: boolean;
}

const moves: Readonly<Record<string, Move>> = {
  start: { note: 'starting', during: 'starting', after: 'running', allocates: true },
  powerOff: { note: 'stopping', during: 'stopping', after: 'stopped', allocates: false },
  deallocate: { note: 'deallocating', during: 'deallocating', after: 'deallocated', allocates: false },
  restart: { note: 'restarting', during: 'running', after: 'running', allocates: false },
};

/** What is done with a machine, as handlers. */
export const actions: Readonly<Record<string, Handler>> = Object.fromEntries(
  Object.entries(moves).map(([word, move]) => [
    `POST ${word}`,
    { action: `${types.machine}/${word}/action`, work: (arrived: Arrived) => moved(arrived, word, move) },
  ]),
);

function moved(arrived: Arrived, word: string, move: Move): Answer {
  const stored = find(arrived, { type: types.machine });
  const { world, subscription } = arrived;
  const { hidden, id, name } = stored;
  const power = text(hidden, 'power') ?? '';
  mustBeQuiet(arrived, stored, word);
  if (word === 'restart' && power === 'deallocated') {
    const message = `Cannot restart VM '${name}' because it is deallocated. Start it instead.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (word === 'deallocate' && dig(stored.body, 'properties.storageProfile.osDisk.diffDiskSettings') !== undefined) {
    const message = `Operation 'deallocate' is not allowed on VM '${name}' since it has an ephemeral OS disk.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  const rests = power === move.after && word !== 'restart';
  const allocates = move.allocates && power !== 'running' && power !== 'stopped';
  if (!rests) {
    hidden['power'] = move.during;
    world.note(id, move.note);
  }
  put(stored.body, 'properties.provisioningState', 'Updating');
  const operation = begin(arrived, id, text(stored.body, 'location') ?? '', {
    ...(rests ? {} : { kind: 'machine' }),
    finish: () => {
      if (allocates) allocate(world, subscription, stored.body);
      hidden['power'] = move.after;
      put(stored.body, 'properties.provisioningState', 'Succeeded');
    },
    fail: (error) => {
      hidden['power'] = power;
      failed(stored, error);
    },
  });
  return { status: 202, operation, told: 'both' };
}

function mustBeQuiet({ world }: Arrived, { id, name, body }: Stored, word: string): void {
  const running = world.operations.running(id);
  if (text(body, 'properties.provisioningState') === 'Deleting') {
    const message =
      `Operation '${word}' is not allowed on VM '${name}' since the VM is marked for deletion. ` +
      'You can only retry the Delete operation (or wait for an ongoing one to complete).';
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (running === undefined) return;
  if (!world.behaviour.backed) world.operations.tick(running);
  const message =
    'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more ' +
    'details on the conflicting requests.';
  throw new ArmError(409, 'Conflict', message);
}

/** Removes a machine; another operation on it ends. */
export function deleteMachine(arrived: Arrived): Answer {
  const { subscription, address, world } = arrived;
  subscription.group(address.group ?? '');
  const stored = subscription.get(address.id);
  if (stored === undefined) return { status: 204 };
  const running = world.operations.running(stored.id);
  if (text(stored.body, 'properties.provisioningState') === 'Deleting' && running) return { status: 202, operation: running, told: 'both' };
  if (running) world.operations.preempt(running);
  put(stored.body, 'properties.provisioningState', 'Deleting');
  world.note(stored.id, 'deleting');
  const operation = begin(arrived, stored.id, text(stored.body, 'location') ?? '', {
    kind: 'machine',
    finish: () => {
      dropMachine(world, subscription, stored);
    },
    fail: (error) => {
      failed(stored, error);
    },
  });
  return { status: 202, operation, told: 'both' };
}

/** Addresses of blobs, of which each holds its own key. */
export function bootDiagnostics(arrived: Arrived): Answer {
  const stored = find(arrived, { type: types.machine });
  if (dig(stored.body, 'properties.diagnosticsProfile.bootDiagnostics.enabled') !== true) {
    const message = `Boot diagnostics is not enabled for the VM '${stored.name}'.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (text(json(stored.body, 'properties.diagnosticsProfile.bootDiagnostics'), 'storageUri') !== undefined) {
    throw new ArmError(409, 'OperationNotAllowed', 'Boot diagnostics of this VM are in a storage account of its own.');
  }
  const { world, origin } = arrived;
  const key = stored.id.toLowerCase();
  if (!world.consoles.has(key)) world.consoles.set(key, `[    0.000000] Linux version 6.8.0 (stand-in)\n${stored.name} login: \n`);
  const place = `${origin}/bootdiagnostics/${encodeURIComponent(key)}?sv=2024-08-04&sr=b&sp=r&sig=c3RhbmQtaW4`;
  return { status: 200, body: { consoleScreenshotBlobUri: place, serialConsoleLogBlobUri: place } };
}
