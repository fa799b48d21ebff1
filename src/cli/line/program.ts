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
 * What the engine or a driver says, in the name that was typed: `Try it by hand: tsmachine ssh m1` becomes a line that works there.
 * A word behind `tsmachine COMMAND` is an argument, also where it is a machine called tsmachine.
 */
export function asTyped(said: Text): string {
  const text = plain(said, programName());
  if (!standsInForDockerMachine()) return text;
  return text.replace(/(?<![\w/.@-])(?<!tsmachine [a-z-]+(?: -\S+)* )tsmachine(?= [a-z-])/g, oldName);
}

/** A replacer for JSON.stringify: texts that name commands become strings. */
export function renderTexts(_key: string, value: unknown): unknown {
  return namesCommands(value) ? asTyped(value) : value;
}

/** The exit status to use. Docker Machine had none for usage errors: 1 was any error, 3 a failed pre-create check, and 2 a crash. */
export function exitStatus(status: number): number {
  return standsInForDockerMachine() && status === 2 ? 1 : status;
}
