const mark = 'for swarm: ';

/** What a rule is described by that these swarms need. Swarms have names without spaces. Pure. */
export function swarmDescription(swarms: readonly string[]): string {
  return mark + [...new Set(swarms)].sort().join(' ');
}

/** The swarms that a rule was opened for; none for any other rule. Pure. */
export function swarmsOf(description = ''): readonly string[] {
  return description.startsWith(mark.trimEnd())
    ? description
        .slice(mark.length)
        .split(' ')
        .filter((name) => name !== '')
    : [];
}
