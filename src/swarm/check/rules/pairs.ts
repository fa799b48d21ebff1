import type { Check, Target } from './probes.js';
import { checksOf, dataPath } from './probes.js';
import type { CheckSettings } from './settings.js';

export type Outcome = 'open' | 'blocked' | 'unknown';

/** What became of one check from one machine to another. */
export interface PairResult {
  readonly from: string;
  readonly to: string;
  readonly check: Check;
  readonly outcome: Outcome;
  /** Why it is not open. */
  readonly reason?: string;
  /** The sending host itself let nothing out. */
  readonly atSender?: boolean;
  /** Of `mtu`: bytes of the largest packet that arrived. */
  readonly largest?: number;
}

/** What the two programs of one machine printed. */
export interface Account {
  /** Why the machine could take no part; the others are not asked then. */
  readonly absent?: string;
  readonly heard: readonly string[];
  readonly sent: readonly string[];
}

interface Told {
  readonly from: Target;
  readonly to: Target;
  readonly sender: Account;
  readonly receiver: Account;
  /** `NUMBER` of the two in what they printed. */
  readonly numbers: { readonly from: number; readonly to: number };
}

/** Every check between every two machines, from what all of them printed. */
export function pairResults(targets: readonly Target[], accounts: readonly Account[], settings: CheckSettings): PairResult[] {
  return targets.flatMap((from, i) =>
    targets.flatMap((to, j) => {
      const [sender, receiver] = [accounts[i], accounts[j]];
      if (i === j || !sender || !receiver) return [];
      const told: Told = { from, to, sender, receiver, numbers: { from: i, to: j } };
      return checksOf(settings)
        .filter((check) => check !== 'tcp/2377' || to.manager)
        .map((check): PairResult => {
          const absent = sender.absent ?? receiver.absent;
          const found = absent !== undefined ? unknown(absent) : judge(check, told, settings);
          return { from: from.name, to: to.name, check, ...found };
        });
    }),
  );
}

type Judgement = Omit<PairResult, 'from' | 'to' | 'check'>;

const open: Judgement = { outcome: 'open' };

function unknown(reason: string): Judgement {
  return { outcome: 'unknown', reason };
}

function judge(check: Check, told: Told, settings: CheckSettings): Judgement {
  if (check === 'mtu') return judgeSize(told, settings);
  return check.startsWith('tcp/') ? judgeCall(check, told) : judgeDatagram(check, told);
}

function judgeCall(check: Check, { sender, receiver, numbers, to }: Told): Judgement {
  const reason = rest(sender.sent, `tcp|${check}|${numbers.to}|`)[0];
  if (reason === undefined) return unknown('its program was cut off');
  if (reason === 'open') return open;
  const port = rest(receiver.heard, `port|${check}|`)[0] ?? 'not listened at';
  if (port !== 'bound' && port !== 'taken') return unknown(`cannot listen on ${to.name}: ${port}`);
  if (reason === 'timeout') return { outcome: 'blocked', reason: 'no answer' };
  return { outcome: 'blocked', reason, atSender: reason === notPermitted };
}

const notPermitted = 'Operation not permitted';

function judgeDatagram(check: Check, { sender, receiver, numbers, to }: Told): Judgement {
  if (rest(receiver.heard, `seen|${check}|${numbers.from}|`).length > 0) return open;
  const unseen = rest(receiver.heard, `unseen|${check === 'esp' ? 'esp' : 'udp'}|`)[0];
  if (unseen !== undefined) return unknown(`cannot look at packets on ${to.name}: ${unseen}`);
  const [unsent] = rest(sender.sent, `unsent|${check}|${numbers.to}|`).map((text) => text.replace(/^\d+\|/, ''));
  if (unsent === undefined) return { outcome: 'blocked', reason: 'nothing arrives' };
  return { outcome: 'blocked', reason: unsent, atSender: unsent === notPermitted };
}

function judgeSize({ receiver, numbers }: Told, settings: CheckSettings): Judgement {
  const sizes = rest(receiver.heard, `seen|${dataPath(settings)}|${numbers.from}|`).map(Number);
  if (sizes.length === 0) return unknown('no packet of any size arrives');
  const largest = Math.max(...sizes);
  if (largest >= settings.mtu) return { ...open, largest };
  return { outcome: 'blocked', reason: `packets of more than ${largest} bytes do not arrive`, largest };
}

function rest(lines: readonly string[], prefix: string): string[] {
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}
