import type { CliResult } from '../helpers/cli.js';

/** What a guest says of itself. */
export interface GuestFacts {
  readonly hostname: string;
  /** Login and groups beyond its own. */
  readonly login: string;
  readonly sudo: string;
  readonly rootMegabytes: number;
  /** IPv4 by adapter. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly defaultRoutes: readonly string[];
  readonly cloudInit: {
    readonly status: string;
    readonly extended: string;
    readonly errors: readonly string[];
    readonly recoverable: object;
    readonly source: string;
  };
  readonly sources: string;
  readonly hostKeys: readonly string[];
  readonly failedUnits: string;
}

interface Link {
  ifname: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}

const questions = {
  hostname: 'hostname',
  login: 'echo $(id -un) $(id -Gn | tr " " "\\n" | grep -x docker)',
  sudo: 'sudo -n id -un',
  size: 'findmnt -bno SIZE /',
  links: 'ip -json -4 addr show',
  routes: 'ip -json -4 route show default',
  status: 'cloud-init status --wait --format json',
  sources: 'cat /etc/cloud/cloud.cfg.d/99-tsmachine.cfg',
  hostKeys: 'cd /etc/ssh && ls ssh_host_*_key',
  failedUnits: 'systemctl --failed --plain --no-legend',
};
const mark = '-- answered --';

/** Asks everything over one login. @param run runs a command in the guest */
export async function factsOf(run: (command: string) => Promise<CliResult>): Promise<GuestFacts> {
  const { stdout } = await run(
    Object.values(questions)
      .map((question) => `${question}; echo '${mark}'`)
      .join('; '),
  );
  const answers = stdout.split(`${mark}\n`).map((answer) => answer.trim());
  const said = (name: keyof typeof questions) => answers[Object.keys(questions).indexOf(name)] ?? '';
  const links = JSON.parse(said('links')) as Link[];
  const routes = JSON.parse(said('routes')) as { dev: string; gateway: string }[];
  const status = JSON.parse(said('status')) as Record<string, unknown>;
  return {
    hostname: said('hostname'),
    login: said('login'),
    sudo: said('sudo'),
    rootMegabytes: Number(said('size')) / 2 ** 20,
    addresses: Object.fromEntries(
      links
        .filter(({ ifname }) => /^e/.test(ifname))
        .map(({ ifname, addr_info: all }) => [ifname, all.map(({ local, prefixlen }) => `${local}/${prefixlen}`)]),
    ),
    defaultRoutes: routes.map(({ dev, gateway }) => `${dev} ${gateway}`),
    cloudInit: {
      status: String(status['status']),
      extended: String(status['extended_status']),
      errors: status['errors'] as string[],
      recoverable: status['recoverable_errors'] as object,
      source: String(status['detail']),
    },
    sources: said('sources'),
    hostKeys: said('hostKeys').split('\n'),
    failedUnits: said('failedUnits'),
  };
}
