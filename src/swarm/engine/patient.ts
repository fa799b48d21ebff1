import { run, say } from '../../base/text.js';
import { waitFor } from '../../base/wait.js';
import type { Engine } from '../../docker/client.js';
import { refusalIn } from '../../docker/call/engine-refusal.js';

/** How long a swarm may be without a leader, in milliseconds: an election takes a second or two. */
const electionTimeout = 30_000;

/** What managers answer while they have no leader, or while the old one has just gone (swarmkit manager/state/raft, api/errors). */
const leaderless = new RegExp(
  [
    'does not have a leader|no leader|lost leader|leader change|not the leader',
    'code = (Unavailable|DeadlineExceeded|Canceled|Aborted)|context deadline exceeded',
  ].join('|'),
  'i',
);

/** The same manager, asked again while the swarm elects a leader: for changes that may take the present leader away. */
export function patient(manager: Engine, signal: AbortSignal): Engine {
  return {
    ...manager,
    request: (method, path, options) => throughElection(manager, signal, () => manager.request(method, path, options)),
    find: (path, options) => throughElection(manager, signal, () => manager.find(path, options)),
  };
}

async function throughElection<T>(manager: Engine, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  const { answer } = await waitFor(
    async () => {
      try {
        return { answer: await ask() };
      } catch (error) {
        if (leaderless.test(refusalIn(error)?.message ?? '')) return undefined;
        throw error;
      }
    },
    {
      timeout: electionTimeout,
      signal,
      what: `the swarm of ${manager.target.machine} to have a leader`,
      hint: say`Start the managers that are down; when they are lost for good: ${run('swarm', 'recover')}`,
    },
  );
  return answer;
}
