import { readFile } from 'node:fs/promises';

import type { Engine, EngineTarget } from '../../docker/client.js';
import type { HostConfig } from '../../store/config/schema.js';
import { authorityFiles } from './certificates.js';
import { TsmachineError, systemCode } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Machine } from '../machine.js';
import type { Session } from '../session.js';

/** The engine's URL. @throws TsmachineError MACHINE_STATE when the machine is not running. */
export async function engineUrl(machine: Machine): Promise<string> {
  const { state, dockerUrl } = await machine.look();
  if (state !== 'Running') {
    throw new TsmachineError('MACHINE_STATE', 'Host is not running', {
      hint: say`${machine.name} is ${state}: ${run('start', machine.name)}`,
    });
  }
  if (dockerUrl === undefined) throw withoutAddress(machine);
  return dockerUrl;
}

/** The engine's URL of a machine that is known to run. It does not ask for the state, which may cost a login. */
export async function runningEngineUrl(machine: Machine): Promise<string> {
  const { dockerUrl } = await machine.where();
  if (dockerUrl === undefined) throw withoutAddress(machine);
  return dockerUrl;
}

function withoutAddress({ name }: Machine): TsmachineError {
  return new TsmachineError('MACHINE_STATE', `${name} has no address yet`);
}

export type ReadPem = (path: string) => Promise<string>;

/**
 * Where the Engine API of a machine is, with the client's certificates.
 * @param read how certificates are read; see `readingOnce` for many machines of one store
 */
export async function engineTarget(config: HostConfig, url: string, read: ReadPem = readPem): Promise<EngineTarget> {
  const files = authorityFiles(config);
  const [ca, cert, key] = await Promise.all([read(files.ca), read(files.cert), read(files.key)]);
  return { url, ca, cert, key, machine: config.Name };
}

/** Reads every file only once, however many machines use it. */
export function readingOnce(): ReadPem {
  const texts = new Map<string, Promise<string>>();
  return (path) => {
    const text = texts.get(path) ?? readPem(path);
    texts.set(path, text);
    return text;
  };
}

/** Opens the Engine API of a running machine; the caller closes it. */
export async function openMachineEngine(session: Session, machine: Machine): Promise<Engine> {
  const target = await engineTarget(machine.config, await engineUrl(machine));
  const { openEngine } = await import('../../docker/client.js');
  return openEngine(target, { signal: session.signal });
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'is missing' : `cannot be read (${systemCode(cause) ?? 'unknown reason'})`;
    throw new TsmachineError('CERT_UNREADABLE', `Unable to read TLS config: ${path} ${why}`, {
      cause,
      hint: say`${run('regenerate-certs', '--client-certs', 'NAME')} makes what is missing`,
    });
  }
}
