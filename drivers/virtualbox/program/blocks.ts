/** The `Key:   value` blocks of VBoxManage's lists, which empty lines part; of a key that comes twice the first counts. */
export function blocks(output: string): ReadonlyMap<string, string>[] {
  return output.split(/\r?\n\s*\r?\n/).flatMap((text) => {
    const block = new Map<string, string>();
    for (const line of text.split(/\r?\n/)) {
      const [, key, value = ''] = /^([A-Z][\w ]*?):\s*(.*)$/.exec(line) ?? [];
      if (key !== undefined && !block.has(key)) block.set(key, value.trim());
    }
    return block.size === 0 ? [] : [block];
  });
}
