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
  readonly cloudInit: { readonly status: string; readonly extended: string; readonly errors: readonly string[]; readonly recoverable: object; readonly source: string };
  readonly sources: string;
  readonly hostKeys: readonly string[];
  readonly failedUnits: string;
}

interface Link {
  ifname: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}

/** @param run runs a command in the guest */
export async function factsOf(run: (command: string) => Promise<CliResult>): Promise<GuestFacts> {
  const say = async (command: string) => (await run(command)).stdout.trim();
  const links = JSON.parse(await say('ip -json -4 addr show')) as Link[];
  const routes = JSON.parse(await say('ip -json -4 route show default')) as { dev: string; gateway: string }[];
  const status = JSON.parse(await say('cloud-init status --wait --format json')) as Record<string, unknown>;
  return {
    hostname: await say('hostname'),
    login: await say('echo $(id -un) $(id -Gn | tr " " "\\n" | grep -x docker)'),
    sudo: await say('sudo -n id -un'),
    rootMegabytes: Number(await say('findmnt -bno SIZE /')) / 2 ** 20,
    addresses: Object.fromEntries(links.filter(({ ifname }) => /^e/.test(ifname)).map(({ ifname, addr_info: all }) => (
      [ifname, all.map(({ local, prefixlen }) => `${local}/${prefixlen}`)]
    ))),
    defaultRoutes: routes.map(({ dev, gateway }) => `${dev} ${gateway}`),
    cloudInit: {
      status: String(status['status']), extended: String(status['extended_status']), errors: status['errors'] as string[],
      recoverable: status['recoverable_errors'] as object, source: String(status['detail']),
    },
    sources: await say('cat /etc/cloud/cloud.cfg.d/99-tsmachine.cfg'),
    hostKeys: (await say('cd /etc/ssh && ls ssh_host_*_key')).split('\n'),
    failedUnits: await say('systemctl --failed --plain --no-legend'),
  };
}
