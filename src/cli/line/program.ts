import { posix, win32 } from 'node:path';

import { namesCommands, plain, type Text } from '../../base/text.js';

const ownName = 'tsmachine';
const oldName = 'docker-machine';

/** The name of the tool, as every message, hint and usage line prints it: `docker-machine` when it was called by a link of that name. */
export function programName(): string {
  return standsInForDockerMachine() ? oldName : ownName;
}

/** Whether the tool was called as `docker-machine`: it is then as strict as Docker Machine was, with the same exit statuses. */
export function standsInForDockerMachine(): boolean {
  const called = process.argv[1] ?? '';
  return /^docker-machine(\.[cm]?js|\.exe)?$/.test(posix.basename(win32.basename(called)));
}

/**
 * The driver that is to be served: the tool was called as a plugin of Docker Machine, by a link named `docker-machine-driver-NAME`, or
 * `docker-machine-driver-tsmachine-NAME` for a driver whose name Docker Machine has in itself.
 */
export function servedDriver(called = process.argv[1] ?? ''): string | undefined {
  return /^docker-machine-driver-(?:tsmachine-)?([\w.-]+?)(\.[cm]?js|\.exe)?$/.exec(posix.basename(win32.basename(called)))?.[1];
}

/** A text as a string, with its commands in the name by which the tool was called: they work as they are printed. */
export function asTyped(text: Text): string {
  return plain(text, programName());
}

/** A replacer for JSON.stringify: texts that name commands become strings. */
export function renderTexts(_key: string, value: unknown): unknown {
  return namesCommands(value) ? asTyped(value) : value;
}

/** The exit status to use. Docker Machine had none for usage errors: 1 was any error, 3 a failed pre-create check, and 2 a crash. */
export function exitStatus(status: number): number {
  return standsInForDockerMachine() && status === 2 ? 1 : status;
}
