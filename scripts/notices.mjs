import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The notices that the licences of bundled packages ask for: every text once, below the packages that it belongs to.
 * @param root the repository
 * @param inputs files that esbuild put into bundles, relative to the repository
 */
export function noticesOf(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const packagesByText = new Map();
  for (const { title, text } of [...folders].map((folder) => noticeOf(join(root, folder)))) {
    packagesByText.set(text, new Set([...(packagesByText.get(text) ?? []), title]));
  }
  const parts = [...packagesByText].map(([text, titles]) => `${[...titles].sort().join('\n')}\n\n${text}\n`);
  return parts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/@scope/name` of a file in it, however deep that package lies; undefined for our own files. */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
}

function noticeOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} does not say what its licence is`);
  const by = typeof author === 'string' ? author : author?.name;
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim());
  return { title: `${name} ${version} (${license})${by ? `, by ${by}` : ''}`, text: texts.join('\n\n') };
}
