import { ArmError } from '../../front/errors.js';
import { number, text, texts, type Json } from '../../world/json.js';
import { readIp, readRange } from './cidr.js';
import { checkNetworkName } from './names.js';

const words = new Set(['*', 'internet', 'virtualnetwork', 'azureloadbalancer', 'any']);

/** Rules of a security group, as they would be after the request. @throws ArmError */
export function checkRules(rules: readonly Json[], group: string): void {
  for (const rule of rules) checkRule(rule, group);
  for (const [i, rule] of rules.entries()) {
    const other = rules.slice(0, i).find((each) => key(each) === key(rule));
    if (other === undefined) continue;
    const message =
      `Security rule ${text(rule, 'name') ?? ''} conflicts with rule ${text(other, 'name') ?? ''}. ` +
      'Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.';
    throw new ArmError(400, 'SecurityRuleConflict', message);
  }
  const names = rules.map((rule) => (text(rule, 'name') ?? '').toLowerCase());
  if (new Set(names).size < names.length)
    throw new ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request: two rules have one name.');
  if (rules.length > 1000) {
    throw new ArmError(400, 'NetworkSecurityGroupTooManyRules', 'A network security group cannot have more than 1000 rules.');
  }
}

function key(rule: Json): string {
  return `${text(rule, 'properties.direction') ?? ''} ${number(rule, 'properties.priority') ?? ''}`;
}

function checkRule(rule: Json, group: string): void {
  const name = text(rule, 'name') ?? '';
  checkNetworkName(name);
  const id = `${group}/securityRules/${name}`;
  const refuse = (code: string, message: string) => new ArmError(400, code, message);
  const priority = number(rule, 'properties.priority');
  if (priority === undefined || priority < 100 || priority > 4096) {
    const message = `Security rule has invalid Priority. Value provided: ${priority ?? 'null'} Allowed range is 100-4096.`;
    throw refuse('SecurityRuleInvalidPriority', message);
  }
  for (const side of ['source', 'destination']) {
    for (const port of both(rule, `properties.${side}PortRange`)) {
      if (!isPortRange(port)) {
        const message = `Security rule has invalid Port range. Value provided: ${port}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`;
        throw refuse('SecurityRuleInvalidPortRange', message);
      }
    }
    const prefixes = bothPrefixes(rule, side);
    if (prefixes.length === 0 && text(rule, `properties.${side}AddressPrefix`) === undefined && noGroups(rule, side)) {
      throw refuse('SecurityRuleMissingAddressPrefix', `Security rule ${id} has no ${side} address prefix.`);
    }
    for (const prefix of prefixes) {
      if (isPrefix(prefix)) continue;
      throw refuse('SecurityRuleInvalidAddressPrefix', `Security rule ${id} has invalid Address prefix. Value provided: ${prefix}`);
    }
  }
}

function both(rule: Json, path: string): string[] {
  const one = text(rule, path);
  return [...(one === undefined ? [] : [one]), ...texts(rule, `${path}s`)];
}

function bothPrefixes(rule: Json, side: string): string[] {
  const one = text(rule, `properties.${side}AddressPrefix`);
  return [...(one === undefined || one === '' ? [] : [one]), ...texts(rule, `properties.${side}AddressPrefixes`)];
}

function noGroups(rule: Json, side: string): boolean {
  const groups = (rule['properties'] as Json | undefined)?.[`${side}ApplicationSecurityGroups`];
  return !Array.isArray(groups) || groups.length === 0;
}

function isPortRange(port: string): boolean {
  if (port === '*') return true;
  const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(port) ?? [];
  return from !== '' && Number(from) <= Number(to) && Number(to) <= 65535;
}

function isPrefix(prefix: string): boolean {
  if (words.has(prefix.toLowerCase()) || /^[A-Z]\w+(\.\w+)?$/.test(prefix)) return true;
  if (readIp(prefix) !== undefined || readRange(prefix) !== undefined) return true;
  return /^[0-9a-f:]+(\/\d{1,3})?$/i.test(prefix) && prefix.includes(':');
}
