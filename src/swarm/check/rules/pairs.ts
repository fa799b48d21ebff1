import type { Check, Target } from './probes.js';
import { checksOf, dataPath } from './probes.js';
import type { CheckSettings } from './settings.js';

export type Outcome = 'open' | 'blocked' | 'unknown';

/** The result of one check from one machine to another. */
export interface PairResult {
  readonly from: string;
  readonly to: string;
  readonly check: Check;
  readonly outcome: Outcome;
  /** Why it is not open. */
  readonly reason?: string;
  /** Whether the sending host itself blocked it. */
  readonly atSender?: boolean;
  /** For `mtu`: bytes of the largest packet that arrived. */
  readonly largest?: number;
}

/** What the two programs of one machine printed. */
export interface ProbeOutput {
  /** Why the machine could not take part; then the checks from and to it are unknown. */
  readonly absent?: string;
  readonly heard: readonly string[];
  readonly sent: readonly string[];
}

interface ProbedPair {
  readonly from: Target;
  readonly to: Target;
  readonly sender: ProbeOutput;
  readonly receiver: ProbeOutput;
  /** The numbers of the two machines in the programs' output. */
  readonly numbers: { readonly from: number; readonly to: number };
}

/** The results of all checks between all machines, from the output of their programs. */
export function pairResults(targets: readonly Target[], outputs: readonly ProbeOutput[], settings: CheckSettings): PairResult[] {
  return targets.flatMap((from, i) =>
    targets.flatMap((to, j) => {
      const [sender, receiver] = [outputs[i], outputs[j]];
      if (i === j || !sender || !receiver) return [];
      const pair: ProbedPair = { from, to, sender, receiver, numbers: { from: i, to: j } };
      return checksOf(settings)
        .filter((check) => check !== 'tcp/2377' || to.manager)
        .map((check): PairResult => {
          const absent = sender.absent ?? receiver.absent;
          const found = absent !== undefined ? unknown(absent) : judge(check, pair, settings);
          return { from: from.name, to: to.name, check, ...found };
        });
    }),
  );
}

type PairOutcome = Omit<PairResult, 'from' | 'to' | 'check'>;

const open: PairOutcome = { outcome: 'open' };

function unknown(reason: string): PairOutcome {
  return { outcome: 'unknown', reason };
}

function judge(check: Check, pair: ProbedPair, settings: CheckSettings): PairOutcome {
  if (check === 'mtu') return judgeSize(pair, settings);
  return check.startsWith('tcp/') ? judgeConnection(check, pair) : judgeDatagram(check, pair);
}

function judgeConnection(check: Check, { sender, receiver, numbers, to }: ProbedPair): PairOutcome {
  const reason = rest(sender.sent, `tcp|${check}|${numbers.to}|`)[0];
  if (reason === undefined) return unknown('the sending program was interrupted');
  if (reason === 'open') return open;
  const port = rest(receiver.heard, `port|${check}|`)[0] ?? 'no listener';
  if (port !== 'bound' && port !== 'taken') return unknown(`cannot listen on ${to.name}: ${port}`);
  if (reason === 'timeout') return { outcome: 'blocked', reason: 'no answer' };
  return { outcome: 'blocked', reason, atSender: reason === notPermitted };
}

const notPermitted = 'Operation not permitted';

function judgeDatagram(check: Check, { sender, receiver, numbers, to }: ProbedPair): PairOutcome {
  if (rest(receiver.heard, `seen|${check}|${numbers.from}|`).length > 0) return open;
  const unseen = rest(receiver.heard, `unseen|${check === 'esp' ? 'esp' : 'udp'}|`)[0];
  if (unseen !== undefined) return unknown(`cannot read packets on ${to.name}: ${unseen}`);
  const [unsent] = rest(sender.sent, `unsent|${check}|${numbers.to}|`).map((text) => text.replace(/^\d+\|/, ''));
  if (unsent === undefined) return { outcome: 'blocked', reason: 'nothing arrives' };
  return { outcome: 'blocked', reason: unsent, atSender: unsent === notPermitted };
}

function judgeSize({ receiver, numbers }: ProbedPair, settings: CheckSettings): PairOutcome {
  const sizes = rest(receiver.heard, `seen|${dataPath(settings)}|${numbers.from}|`).map(Number);
  if (sizes.length === 0) return unknown('no packet of any size arrives');
  const largest = Math.max(...sizes);
  if (largest >= settings.mtu) return { ...open, largest };
  return { outcome: 'blocked', reason: `packets of more than ${largest} bytes do not arrive`, largest };
}

function rest(lines: readonly string[], prefix: string): string[] {
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}
