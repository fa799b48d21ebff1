/** A command line that asks the engine of m1, or of the swarm s that m1 is the manager of. */
export interface Command {
  readonly words: readonly string[];
  /** The engine is in no swarm, and the store has none. */
  readonly fresh?: true;
  /** It only asks: against a polite engine it succeeds. */
  readonly asks?: true;
  /** It asks nothing but the version, a ping, and whether the engine is in a swarm. */
  readonly early?: true;
  /** It does not judge a version: it does not ask for it, or prints it as it is. */
  readonly pings?: true;
  /** It goes on without the engine, prints what is wrong as a part of its result or as a warning, and ends with 0. */
  readonly reports?: true;
}

const of = (line: string, more: Omit<Command, 'words'> = {}): Command => ({ words: line.split(' '), ...more });

export const commands: readonly Command[] = [
  of('ls', { asks: true, early: true, reports: true }),
  of('ls --json', { asks: true, early: true, reports: true }),
  of('env m1', { asks: true, early: true, pings: true }),
  of('config m1', { asks: true, early: true, pings: true }),
  of('version m1', { asks: true, early: true, pings: true }),
  of('doctor m1', { early: true }),
  of('doctor --json m1', { early: true }),
  of('swarm status', { asks: true }),
  of('swarm status --json', { asks: true }),
  of('swarm nodes', { asks: true, reports: true }),
  of('swarm inspect', { asks: true }),
  of('swarm token worker', { asks: true }),
  of('swarm ca', { asks: true }),
  of('swarm ca --rotate'),
  of('swarm check'),
  of('swarm init m1', { fresh: true }),
  of('swarm join --role worker --swarm s m2'),
  of('swarm promote m1'),
  of('swarm demote m1'),
  of('swarm drain m1'),
  of('swarm pause m1'),
  of('swarm label m1 a=b'),
  of('swarm leave m1'),
  of('swarm down -y s', { reports: true }),
  of('swarm unlock', { early: true }),
  of('swarm unlock --show-key'),
  of('swarm recover'),
  of('swarm replace m1'),
  of('swarm backup'),
  of('swarm restore none.tgz m1'),
  of('swarm upgrade -y'),
  of('swarm regenerate-certs -y'),
  of('rm -y m1', { reports: true }),
];
