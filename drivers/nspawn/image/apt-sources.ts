/** One entry of apt's sources, whichever of the two formats it came from. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** Reads the one-line format and deb822 (sources.list(5)); source-code, disabled and malformed entries are passed over. */
export function parseAptSources(files: readonly { readonly path: string; readonly text: string }[]): AptSource[] {
  return files.flatMap(({ path, text }) => (path.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text)));
}

function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, uri, suite, components = ''] = match ?? [];
    return uri === undefined || suite === undefined ? [] : [{ uri, suite, components: words(components) }];
  });
}

function parseDeb822(text: string): AptSource[] {
  const withoutComments = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) => words(new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '');
    if (!field('Types').includes('deb') || field('Enabled')[0]?.toLowerCase() === 'no') return [];
    return field('URIs').flatMap((uri) => field('Suites').map((suite) => ({ uri, suite, components: field('Components') })));
  });
}

/** A Debian computer's own codename: `bookworm`; undefined on any other system. */
export function debianCodename(osRelease: string): string | undefined {
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1];
  if (value('ID') !== 'debian') return undefined;
  return value('VERSION_CODENAME') ?? 'sid'; // testing and unstable name none in some images
}

export interface MirrorChoice {
  /** For debootstrap; undefined: its own default. */
  readonly mirror: string | undefined;
  /** deb822 text for the machine; empty: what debootstrap writes is kept. */
  readonly sources: string;
}

export interface AptComputer {
  /** The text of /etc/os-release. */
  readonly osRelease: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/**
 * Where the packages of a suite come from: the given mirror, else the sources of this computer with its codename replaced by the
 * suite (security and updates included), else debootstrap's default.
 */
export function chooseMirror(suite: string, given: string, computer: AptComputer): MirrorChoice {
  if (given !== '') return { mirror: given, sources: stanza({ uri: given, suite, components: ['main'] }) };
  const codename = debianCodename(computer.osRelease);
  const own = codename === undefined ? [] : parseAptSources(computer.files).filter((source) => belongsTo(source.suite, codename));
  const main = own.find((source) => isPlain(source.suite) && source.components.includes('main') && /^(https?|file):/.test(source.uri));
  if (codename === undefined || !main) return { mirror: undefined, sources: '' };
  const wanted = own.flatMap((source) => {
    const pocket = pocketOf(source.suite);
    if (suite === 'sid' || suite === 'unstable') return pocket === '' ? [{ ...source, suite }] : [];
    return pocket === '' || pocket === '-updates' || pocket === '-security' ? [{ ...source, suite: `${suite}${pocket}` }] : [];
  });
  return { mirror: main.uri, sources: [...new Set(wanted.map((source) => stanza({ ...source, components: ['main'] })))].join('\n') };
}

const aliases = ['stable', 'testing', 'unstable', 'oldstable', 'sid'];

function belongsTo(suite: string, codename: string): boolean {
  return [codename, ...aliases].some((name) => suite === name || suite.startsWith(`${name}-`));
}

function isPlain(suite: string): boolean {
  return pocketOf(suite) === '';
}

/** `-updates` of `bookworm-updates`. */
function pocketOf(suite: string): string {
  const dash = suite.indexOf('-');
  return dash < 0 ? '' : suite.slice(dash);
}

function stanza({ uri, suite, components }: AptSource): string {
  return [
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${suite}`,
    `Components: ${components.join(' ')}`,
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
    '',
  ].join('\n');
}

function words(text: string): string[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
}
