/**
 * The proxy for a URL by the usual variables, in lower or upper case: HTTPS_PROXY or HTTP_PROXY by the URL's protocol,
 * ALL_PROXY, NO_PROXY. HTTP_PROXY in upper case is safe to use, because this is not a CGI program.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const variable = (name: string) => env[name.toLowerCase()] || env[name] || '';
  const proxy = variable(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || variable('ALL_PROXY');
  if (proxy === '' || isExcepted(url, variable('NO_PROXY'))) return undefined;
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : undefined;
}

/** NO_PROXY: host names (which include their subdomains) and addresses, each with an optional port, or `*`. */
function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .some((one) => {
      if (one === '*') return true;
      const [, name = '', onlyPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(one.includes('::') && !one.startsWith('[') ? `[${one}]` : one) ?? [];
      const domain = name.replace(/^\*?\./, '');
      return (onlyPort === undefined || onlyPort === port) && domain !== '' && (host === domain || host.endsWith(`.${domain}`));
    });
}

/** The header with the login of a proxy whose URL names a user. */
export function proxyLogin(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}
