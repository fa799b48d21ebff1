import { programName } from '../line/program.js';

/** The line after start and restart (spec 2.7). */
export function newAddressesNote(verb: 'Started' | 'Restarted'): string {
  return `${verb} machines may have new IP addresses. You may need to re-run the \`${programName()} env\` command.`;
}
