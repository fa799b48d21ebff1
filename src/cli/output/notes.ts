import { run, say, type Text } from '../../base/text.js';

/** The line that Docker Machine prints after start and restart. */
export function newAddressesNote(verb: 'Started' | 'Restarted'): Text {
  return say`${verb} machines may have new IP addresses. You may need to re-run the \`${run('env')}\` command.`;
}
