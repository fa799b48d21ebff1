import { holdsPort, type Applies, type Chain, type Rule } from './packet-filter.js';

/** The chains that `iptables -S` prints, as a new TCP connection to a port sees them. */
export function iptablesChains(lines: readonly string[], port: number): Map<string, Chain> {
  const chains = new Map<string, { policy?: 'accept' | 'drop'; rules: Rule[] }>();
  for (const line of lines) {
    const [option, name = '', ...words] = line.trim().split(/\s+/);
    if (option === '-P') chains.set(name, { policy: words[0] === 'DROP' ? 'drop' : 'accept', rules: [] });
    if (option === '-N') chains.set(name, { rules: [] });
    if (option === '-A') chains.get(name)?.rules.push(ruleOf(words, port));
  }
  return chains;
}

const verdicts: Readonly<Record<string, Rule['verdict']>> = { ACCEPT: 'accept', DROP: 'drop', REJECT: 'drop', RETURN: 'return' };
/** Targets that let the next rules decide. */
const silent = /^(LOG|NFLOG|ULOG|MARK|CONNMARK|TCPMSS|TRACE|AUDIT|NOTRACK|CT|SET)$/;

function ruleOf(words: readonly string[], port: number): Rule {
  const at = words.findIndex((word) => word === '-j' || word === '-g');
  const target = at < 0 ? '' : (words[at + 1] ?? '');
  const applies = appliesOf(at < 0 ? words : words.slice(0, at), port);
  if (target === '' || silent.test(target)) return { applies, verdict: 'none' };
  const verdict = verdicts[target];
  return verdict === undefined ? { applies, verdict: words[at] === '-g' ? 'goto' : 'jump', chain: target } : { applies, verdict };
}

function appliesOf(words: readonly string[], port: number): Applies {
  let applies: Applies = 'yes';
  for (let i = 0; i < words.length; i += 2) {
    const not = words[i] === '!';
    if (not) i += 1;
    const one = condition(words[i] ?? '', words[i + 1] ?? '', port);
    const holds = one === 'maybe' || !not ? one : one === 'yes' ? 'no' : 'yes';
    if (holds === 'no') return 'no';
    if (holds === 'maybe') applies = 'maybe';
  }
  return applies;
}

function condition(option: string, value: string, port: number): Applies {
  const when = (holds: boolean): Applies => (holds ? 'yes' : 'no');
  switch (option) {
    case '-p':
      return when(['tcp', 'all', '6'].includes(value));
    case '-m':
    case '--comment':
      return value === 'set' || value === 'limit' || value === 'recent' ? 'maybe' : 'yes';
    case '--dport':
    case '--dports':
      return when(holdsPort(value, port));
    case '--state':
    case '--ctstate':
      return when(value.split(',').includes('NEW'));
    case '-i':
      return value === 'lo' ? 'no' : 'maybe';
    default:
      return 'maybe';
  }
}
