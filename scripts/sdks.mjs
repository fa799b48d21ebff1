/** Makes one file of what a cloud's driver uses of its SDK. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { build } from 'esbuild';

/** One for each cloud. */
const sdks = ['amazonec2', 'azure', 'google'];

/**
 * A cloud's SDK becomes one file, with what its driver uses of it alone: whole, it would be larger than everything else together. It is
 * loaded by the first call of that driver.
 * @param root the repository, whose own code is compiled already
 * @returns the files that went into it
 */
export async function bundleSdks(root, names = sdks) {
  const dist = join(root, 'dist');
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    // google's is no TypeScript, see there
    entryPoints: names.map((name) => ({
      in: join(name === 'google' ? root : dist, 'drivers', name, 'sdk.js'),
      out: join('drivers', name, 'sdk'),
    })),
    outdir: dist,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none', // they are in the third-party notices
    logLevel: 'warning',
    plugins: [google(root)],
    // parts of an SDK are CommonJS
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return Object.keys(metafile.inputs);
}

/**
 * Leaves gRPC out of Google's SDK, which Compute Engine does not speak, of its messages those that no call needs, and its warning that there
 * is no metadata service, which comes beside the error that says so.
 */
function google(root) {
  return {
    name: 'google',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^google-gax$/ }, ({ resolveDir }) =>
        resolveDir.includes('@google-cloud') ? { path: 'gax', namespace: 'google', pluginData: resolveDir } : undefined,
      );
      onLoad({ filter: /^gax$/, namespace: 'google' }, ({ pluginData: resolveDir }) => ({
        contents: restOnly,
        resolveDir,
      }));
      onLoad({ filter: /gcp-metadata[\\/]build[\\/]src[\\/]index\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(/process\.emitWarning\(.*'MetadataLookupWarning'\);/, ''),
      }));
      onLoad({ filter: /compute[\\/]build[\\/]protos[\\/]protos\.json$/ }, async ({ path }) => ({
        contents: JSON.stringify(await pruned(root, JSON.parse(readFileSync(path, 'utf8')))),
        loader: 'json',
      }));
    },
  };
}

/** What the clients take of google-gax. They log only when GOOGLE_SDK_NODE_LOGGING is set, which nothing here sets. */
const restOnly = `
  // numbers of 64 bits are known by the name of their class, which minifying would change; they would be rounded then
  Object.defineProperty(require('long'), 'name', { value: 'Long' });
  module.exports = {
    ...require('google-gax/fallback'),
    loggingUtils: { log: () => ({ info() {}, warn() {} }) },
    decodeAnyProtosInArray: (details) => details,
  };
`;

/** The services with these methods alone, and the messages that they take and give. */
async function pruned(root, protos) {
  const { actions } = await import(pathToFileURL(join(root, 'dist', 'drivers', 'google', 'call', 'actions.js')).href);
  const all = protos.nested.google.nested.cloud.nested.compute.nested.v1.nested;
  const kept = {};
  const keepType = (name) => {
    if (typeof name !== 'string' || kept[name] || !all[name]) return;
    kept[name] = all[name];
    for (const inner of typesOf(all[name])) keepType(inner);
  };
  for (const [service, methods] of Object.entries(actions)) {
    const name = service[0].toUpperCase() + service.slice(1);
    const wanted = methods.map((method) => method[0].toUpperCase() + method.slice(1));
    const entries = wanted.map((method) => [method, all[name].methods[method]]);
    kept[name] = { ...all[name], methods: Object.fromEntries(entries) };
    for (const [, { requestType, responseType }] of entries) for (const type of [requestType, responseType]) keepType(type);
  }
  const v1 = { nested: kept };
  return { nested: { google: { nested: { cloud: { nested: { compute: { nested: { v1 } } } }, ...others(protos) } } } };
}

/** Google's types of HTTP rules and of any message. */
function others({
  nested: {
    google: { nested },
  },
}) {
  const { cloud: _, ...rest } = nested;
  return rest;
}

/** Names of the messages in the fields of one. */
function typesOf({ fields = {}, nested = {} }) {
  return [...Object.values(fields).map(({ type }) => type), ...Object.values(nested).flatMap((inner) => typesOf(inner))];
}
