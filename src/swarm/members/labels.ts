import type { Labels } from '../../base/swarm-node.js';
import { TsmachineError } from '../../base/errors.js';

/** A change of the labels of a node. */
export interface LabelChange {
  readonly set: Labels;
  readonly remove: readonly string[];
}

/**
 * `zone=a` sets, `zone-` removes.
 * @param removing whether `zone-` is allowed
 * @throws TsmachineError FLAG_INVALID for another word, and for a label that is given twice
 */
export function parseLabels(words: readonly string[], { removing }: { removing: boolean }): LabelChange {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const word of words) {
    const [, key, value] = /^([^\s=]+)=(.*)$/s.exec(word) ?? [];
    const [, gone] = /^([^\s=]+)-$/.exec(word) ?? [];
    const name = key ?? gone;
    if (name === undefined || (value === undefined && !removing)) {
      throw new TsmachineError('FLAG_INVALID', `${JSON.stringify(word)} must be key=value${removing ? ', or key- to remove a label' : ''}`);
    }
    if (Object.hasOwn(set, name) || remove.includes(name)) throw new TsmachineError('FLAG_INVALID', `The label "${name}" is given twice`);
    if (value === undefined) remove.push(name);
    else Object.defineProperty(set, name, { value, enumerable: true });
  }
  return { set, remove };
}

export function changedLabels(now: Labels, { set, remove }: LabelChange): Labels {
  return { ...Object.fromEntries(Object.entries(now).filter(([key]) => !remove.includes(key))), ...set };
}
