import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, homedir, networkInterfaces, totalmem } from 'node:os';
import { join } from 'node:path';

import { systemCode } from '../../src/base/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import type { Computer } from './api.js';

const megabyte = 2 ** 20;

/** This computer. */
export function thisComputer(ctx: Pick<DriverContext, 'exec'>): Computer {
  const { platform, arch } = process;
  let program: Promise<string> | undefined;
  return {
    platform,
    architecture: arch,
    cpus: availableParallelism(),
    memory: Math.floor(totalmem() / megabyte),
    home: homedir(),
    program: () => (program ??= platform === 'win32' ? windowsProgram(process.env, ctx) : Promise.resolve('VBoxManage')),
    virtualization: () => virtualization(platform, arch, ctx),
    interfaces: () =>
      Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
        addresses.flatMap(({ family, internal, cidr }) => (family === 'IPv4' && !internal && cidr !== null ? [{ name, cidr }] : [])),
      ),
    hasAddress: (name, ip) => (platform === 'linux' ? hasAddress(name, ip) : Promise.resolve(undefined)),
    networksConf: () => readOptional('/etc/vbox/networks.conf'),
    freePort,
    sparseFile,
    async neighbours() {
      if (platform === 'linux') return (await readOptional('/proc/net/arp')) ?? '';
      return (await ctx.exec('arp', ['-a'], { timeout: 10_000, ok: [0, 1] })).stdout;
    },
  };
}

/** VirtualBox's Windows installer leaves PATH alone, and terminals opened before it do not have its variables; the registry does. */
export async function windowsProgram(
  env: NodeJS.ProcessEnv,
  ctx: Pick<DriverContext, 'exec'>,
  exists: (path: string) => boolean = existsSync,
): Promise<string> {
  const folders = [
    env['VBOX_INSTALL_PATH'],
    env['VBOX_MSI_INSTALL_PATH'],
    env['ProgramFiles'] && join(env['ProgramFiles'], 'Oracle', 'VirtualBox'),
  ];
  const known = folders.flatMap((folder) => (folder === undefined || folder === '' ? [] : [join(folder, 'VBoxManage.exe')])).find(exists);
  if (known !== undefined) return known;
  const { stdout } = await ctx.exec('reg', ['query', 'HKLM\\SOFTWARE\\Oracle\\VirtualBox', '/v', 'InstallDir'], {
    timeout: 10_000,
    ok: [0, 1],
  });
  const folder = /^\s*InstallDir\s+REG_SZ\s+(.+?)\s*$/m.exec(stdout)?.[1];
  const registered = folder === undefined ? undefined : join(folder, 'VBoxManage.exe');
  return registered !== undefined && exists(registered) ? registered : 'VBoxManage';
}

async function virtualization(platform: string, arch: string, ctx: Pick<DriverContext, 'exec'>): Promise<boolean | undefined> {
  if (arch !== 'x64') return undefined;
  if (platform === 'linux') return /^flags\s*:.*\b(vmx|svm)\b/m.test(await readFile('/proc/cpuinfo', 'utf8'));
  if (platform === 'darwin') return /\bVMX\b/.test((await ctx.exec('sysctl', ['-n', 'machdep.cpu.features'], { timeout: 10_000 })).stdout);
  return undefined;
}

/** The kernel's routing table lists every address of this computer, also of an interface whose link is down, which Node leaves out. */
async function hasAddress(name: string, ip: string): Promise<boolean | undefined> {
  if (!existsSync(join('/sys/class/net', name))) return undefined;
  const table = await readOptional('/proc/net/fib_trie');
  return table === undefined
    ? undefined
    : table.includes(`|-- ${ip}\n`) && new RegExp(`\\|-- ${ip.replaceAll('.', '\\.')}\\n\\s+/32 host LOCAL`).test(table);
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function freePort(wanted = 0): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (['EADDRINUSE', 'EACCES'].includes(systemCode(error) ?? '')) resolve(undefined);
      else reject(error);
    });
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : undefined);
      });
    });
  });
}

/** The mode lets its owner alone read it: it may hold keys. */
export async function sparseFile(path: string, head: Uint8Array, size: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.write(head);
    await file.truncate(size);
  } finally {
    await file.close();
  }
}
