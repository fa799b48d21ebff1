import type { FlagValues } from '../base/flags.js';
import type { HostFacts } from '../provision/look/detect-host.js';
import type { ServedCertificate } from '../docker/handshake.js';
import { writeFactsFile, type Facts } from '../store/facts.js';
import type { MachinePaths } from '../store/paths.js';
import { type HostConfig, serializeHostConfig } from '../store/config/schema.js';
import { writeAtomic } from '../system/files/atomic.js';
import { type ClientCertificates, certificatesFor, proveAccepted } from './adopt-certificates.js';
import { logIn } from '../machine/access/login.js';
import { planMachine } from '../machine/create.js';
import { engineUnreachable } from './adopt-failure.js';
import { TsmachineError } from '../base/errors.js';
import { evaluate, lines, run, say } from '../base/text.js';
import { type Machine, attachDriver } from '../machine/machine.js';
import { refuseOtherCase } from '../machine/choose/names.js';
import type { Session } from '../machine/session.js';

export interface AdoptRequest {
  readonly name: string;
  readonly driverName: string;
  /** The driver's flags, defaults and environment filled in. */
  readonly flags: FlagValues;
  readonly tlsSans: readonly string[];
  /** Files of the store that made the host; copied into the machine's folder. */
  readonly certificates?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/**
 * Takes a host that another tsmachine or Docker Machine provisioned into the store. It is examined over one login, and its engine is
 * asked for its version over mutual TLS; nothing on it is changed. Unless the engine proves to accept the certificates, the store stays
 * as it is.
 * @throws TsmachineError MACHINE_EXISTS, FLAG_INVALID for a driver that makes its own hosts, SSH_*, ENGINE_*, CERT_UNREADABLE
 */
export async function adoptMachine(session: Session, request: AdoptRequest): Promise<void> {
  const { name } = request;
  const config = await planMachine(session, { ...request, engine: { TlsVerify: true }, install: { mode: 'auto' } });
  const machine = await attachDriver(session, config);
  if (machine.module.features.ownsHost || !machine.module.features.provision) throw notAdoptable(request);
  await session.store.lock(
    name,
    async () => {
      await requireFreeName(session, name);
      await machine.driver.precheck(machine.data, machine.ctx);
      await session.store.stage(async (staging) => {
        const files = await staging.open(name);
        const host = await inspectHost(session, machine, files, request);
        await writeMachine(session, config, files, host);
        session.signal.throwIfAborted();
        await staging.publish([name]);
      });
    },
    { signal: session.signal },
  );
  session.io.info(say`Adopted ${name}; nothing on the host was changed. To use it: ${evaluate('env', name)}`);
}

interface AdoptedHost {
  readonly facts: HostFacts;
  readonly certificates: ClientCertificates;
  readonly served: ServedCertificate;
  readonly engineVersion: string;
}

async function inspectHost(session: Session, machine: Machine, files: MachinePaths, { certificates }: AdoptRequest): Promise<AdoptedHost> {
  const { io, signal } = session;
  const offered = await certificatesFor(session, certificates);
  const { ssh, dockerUrl } = await machine.where();
  if (!ssh || dockerUrl === undefined) throw new TsmachineError('MACHINE_STATE', `${machine.name} has no SSH address`);
  io.info('Looking at the host...');
  const [{ detect }, { findBarrier }] = await Promise.all([
    import('../provision/look/detect-host.js'),
    import('../provision/look/firewall.js'),
  ]);
  const connection = await logIn(session, machine, ssh, { knownHostsFile: files.knownHosts });
  try {
    const facts = await detect(connection, { signal });
    io.info('Checking connection to Docker...');
    try {
      return { facts, ...(await proveAccepted({ url: dockerUrl, machine: machine.name }, offered, signal)) };
    } catch (error) {
      signal.throwIfAborted();
      const barrier = await findBarrier(connection, facts, dockerUrl);
      throw engineUnreachable(error, {
        facts,
        machine: machine.name,
        driver: machine.module.name,
        given: certificates !== undefined,
        barrier,
      });
    }
  } finally {
    await connection.close();
  }
}

/** Writes all files of the machine, where no listing shows it yet. */
async function writeMachine(session: Session, config: HostConfig, files: MachinePaths, host: AdoptedHost): Promise<void> {
  const {
    certificates: { ca, cert, key, ofStore },
    facts: { os },
    served,
  } = host;
  const own = session.store.machine(config.Name);
  const options = config.HostOptions;
  const auth = { CertDir: own.dir, CaCertPath: own.ca, CaPrivateKeyPath: own.caKey, ClientCertPath: own.cert, ClientKeyPath: own.key };
  const adopted = ofStore ? config : { ...config, HostOptions: { ...options, AuthOptions: { ...options.AuthOptions, ...auth } } };
  const facts: Facts = {
    createdAt: new Date().toISOString(),
    adopted: true,
    osId: os.id,
    osName: os.prettyName,
    engineVersion: host.engineVersion,
  };
  await writeAtomic(files.ca, ca, 0o644);
  await writeAtomic(files.cert, cert, 0o644);
  await writeAtomic(files.key, key, 0o600);
  await writeAtomic(files.serverCert, served.pem, 0o644);
  await writeFactsFile(files.facts, facts);
  await writeAtomic(files.config, serializeHostConfig(adopted), 0o600);
}

async function requireFreeName(session: Session, name: string): Promise<void> {
  await refuseOtherCase(session.store, name);
  if (!(await session.store.exists(name))) return;
  throw new TsmachineError('MACHINE_EXISTS', `Docker machine "${name}" already exists`, {
    hint: say`Look at it: ${run('inspect', name)}`,
  });
}

function notAdoptable({ driverName, name }: AdoptRequest): TsmachineError {
  return new TsmachineError(
    'FLAG_INVALID',
    `Machines of driver ${driverName} cannot be adopted: only a driver for existing hosts with SSH can`,
    {
      hint: lines([
        run('adopt', '-d', 'generic', '--generic-ip-address', 'HOST', name),
        say`An engine without SSH: ${run('create', '-d', 'none', '--url', 'tcp://HOST:2376', name)}`,
      ]),
    },
  );
}
