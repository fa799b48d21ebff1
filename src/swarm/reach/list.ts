import type { Session } from '../../machine/session.js';

/** Names of the swarms that the store knows, sorted. No machine is asked. */
export async function listSwarms(session: Session): Promise<string[]> {
  return (await session.store.swarms.names()).sort();
}

/** Those of these machines that have a role in a swarm, as the store recorded it; `member`: any, `none`: no swarm. No machine is asked. */
export async function withRole(
  { store: { swarms } }: Session,
  names: readonly string[],
  role: 'manager' | 'worker' | 'member' | 'none',
): Promise<string[]> {
  const records = await Promise.all((await swarms.names()).map((name) => swarms.find(name)));
  const roles = new Map(records.flatMap((record) => Object.entries(record?.members ?? {}).map(([name, member]) => [name, member.role])));
  return names.filter((name) => {
    const has = roles.get(name);
    return role === 'none' ? has === undefined : role === 'member' ? has !== undefined : has === role;
  });
}
