/** What is unwise about a number of managers: more than half of them must stay reachable for the swarm to be managed at all. */
export function quorumWarnings(managers: number): string[] {
  const warnings: string[] = [];
  const spare = Math.ceil(managers / 2) - 1;
  if (managers % 2 === 0 && managers > 0) {
    warnings.push(`${managers} managers survive the loss of ${spare}, as ${managers - 1} would: an odd number is better`);
  }
  if (managers > 7) warnings.push(`${managers} managers slow each other down, for every change waits for most of them: 7 are enough`);
  return warnings;
}
