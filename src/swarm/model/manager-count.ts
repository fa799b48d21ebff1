/** Warnings about a number of managers: more than half of them must be reachable, or the swarm cannot be managed. */
export function quorumWarnings(managers: number): string[] {
  const warnings: string[] = [];
  if (managers % 2 === 0 && managers > 0) {
    warnings.push(`${managers} managers tolerate no more failures than ${managers - 1}: an odd number is better`);
  }
  if (managers > 7) warnings.push(`${managers} managers slow each other down, because every change waits for most of them: 7 are enough`);
  return warnings;
}
