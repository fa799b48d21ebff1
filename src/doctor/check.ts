import { Findings, type Finding } from '../base/findings.js';

/** One check of a subject: the store, this computer or a machine. To add one, put another entry into the subject's list. */
export interface Check<Subject> {
  /** The code of the finding when the check itself fails; its findings usually have the same one. */
  readonly name: string;
  /** Reports what it finds. It may throw: that becomes a fault, and the other checks go on. */
  run(subject: Subject, found: Findings): Promise<void>;
}

export interface RunningChecks {
  /** Rejects only when `signal` is aborted. */
  readonly done: Promise<void>;
  /** What was found so far, in the order of the checks. */
  findings(): Finding[];
}

/**
 * Starts all checks of a subject at once; each waits for what it needs of the subject.
 * @param machine the name that findings about a machine carry
 */
export function startChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  signal: AbortSignal,
  machine?: string,
): RunningChecks {
  const started = checks.map((check) => {
    const found = new Findings(signal, machine);
    return { found, done: found.attempt(check.name, () => check.run(subject, found)) };
  });
  return {
    done: Promise.all(started.map(({ done }) => done)).then(() => undefined),
    findings: () => started.flatMap(({ found }) => found.list),
  };
}

/** What a promise brings; undefined when it fails, which the check that is responsible for it reports. */
export async function ifKnown<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch(() => undefined);
}
