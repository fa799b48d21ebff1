import { TsmachineError, errorText } from '../../base/errors.js';
import { NestedTooDeep, parseExactJson } from '../../base/json.js';
import type { DriverData } from '../../base/machine.js';
import { run, say, type Text } from '../../base/text.js';
import { type Json, Misfit, conform, describe, isJson, spell } from '../conform.js';
import { migrate } from './migrate.js';
import type { AuthOptions, HostConfig, HostOptions } from './options.js';
import { authDefaults, currentVersion, engineDefaults, swarmDefaults } from './options.js';
import { type Place, relocator, rootOfMachineDir } from './relocate.js';

const topLevelKeys: readonly string[] = ['ConfigVersion', 'Driver', 'DriverName', 'HostOptions', 'Name'];

export interface ConfigSource extends Place {
  readonly path: string;
  /** What to do about a file that cannot be read. */
  readonly hint?: () => Text;
}

/**
 * Reads the text of a config.json of any version. The name is the folder's, whatever the file says, and paths inside the store become
 * those of `where`.
 * @returns migratedFrom: the file's version when it is an older one
 * @throws TsmachineError CONFIG_UNREADABLE (never quoting the content, which may hold a provider's secrets) or CONFIG_FUTURE
 */
export function parseHostConfig(text: string, where: ConfigSource): { config: HostConfig; migratedFrom?: number } {
  try {
    const document = spell(documentIn(text), ['ConfigVersion']);
    const version = versionOf(document);
    if (version > currentVersion) throw fromTheFuture(version, where);
    if (version === currentVersion) return { config: read(document, where) };
    return { config: read(migrate(document, version), where), migratedFrom: version };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${where.path}: ${error.message}`, {
      hint: where.hint?.() ?? say`If there is no copy of the file, remove the machine: ${run('rm', '-f', where.name)}`,
    });
  }
}

function documentIn(text: string): Json {
  const content = text.replace(/^\uFEFF/, '');
  if (content.replaceAll('\0', '').trim() === '') throw new Misfit('the file is empty');
  const value = parse(content);
  if (!isJson(value)) throw new Misfit(`expected a JSON object, found ${describe(value)}`);
  return value;
}

function parse(content: string): unknown {
  try {
    return parseExactJson(content);
  } catch (error) {
    if (error instanceof NestedTooDeep) throw new Misfit(error.message);
    const message = errorText(error); // for a short text it gives no position
    const found = /position (\d+)/.exec(message)?.[1];
    const position = found === undefined ? undefined : Number(found);
    const atEnd = position !== undefined && position >= content.trimEnd().length;
    const endsEarly = content.trimStart().startsWith('{') && (atEnd || /end of JSON|Unterminated/.test(message));
    if (endsEarly) throw new Misfit('the file is truncated');
    throw new Misfit(position === undefined ? 'it is not JSON' : `it is not JSON (line ${content.slice(0, position).split('\n').length})`);
  }
}

function versionOf(document: Json): number {
  const version = document['ConfigVersion'] ?? 0;
  if (typeof version === 'number' && Number.isInteger(version) && version >= 0) return version;
  throw new Misfit(`ConfigVersion: expected a whole number, found ${describe(version)}`);
}

function fromTheFuture(version: number, where: ConfigSource): TsmachineError {
  const text = `${where.path} has version ${version}: a newer program wrote it, and this one knows versions up to ${currentVersion}`;
  return new TsmachineError('CONFIG_FUTURE', text, { hint: 'Upgrade tsmachine' });
}

function read(document: Json, where: ConfigSource): HostConfig {
  const given = spell(document, [...topLevelKeys, 'RawDriver']);
  const { Driver: driver, DriverName: driverName } = given;
  if (!isJson(driver)) throw new Misfit(`Driver: expected an object, found ${describe(driver)}`);
  if (driverName === '') throw new Misfit('DriverName is empty');
  if (typeof driverName !== 'string') throw new Misfit(`DriverName: expected a string, found ${describe(driverName)}`);
  const standard = authDefaults(where.root, where.name);
  const options = readOptions(given['HostOptions'], standard);
  const data = spell(driver, ['StorePath', 'MachineName']);
  const relocate = relocator(recordedPlaces(given, data, options), where);
  return {
    ConfigVersion: currentVersion,
    Driver: locateDriver(data, relocate, where.root),
    DriverName: driverName,
    HostOptions: { ...options, AuthOptions: locateAuth(options.AuthOptions, standard, relocate, where.root) },
    Name: where.name,
    ...unknownFields(given),
  };
}

/** `RawDriver`, which some old versions wrote, repeats the driver and is dropped. */
function unknownFields(given: Json): Json {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !topLevelKeys.includes(key) && key !== 'RawDriver'));
}

function readOptions(given: unknown, auth: AuthOptions): HostOptions {
  const standard = { Driver: '', Memory: 0, Disk: 0 };
  if (given === undefined || given === null) {
    return { ...standard, EngineOptions: engineDefaults, SwarmOptions: swarmDefaults, AuthOptions: auth };
  }
  if (!isJson(given)) throw new Misfit(`HostOptions: expected an object, found ${describe(given)}`);
  const { EngineOptions, SwarmOptions, AuthOptions, ...rest } = spell(given, ['EngineOptions', 'SwarmOptions', 'AuthOptions']);
  return {
    ...conform(rest, standard, 'HostOptions'),
    EngineOptions: conform(EngineOptions, engineDefaults, 'HostOptions.EngineOptions'),
    SwarmOptions: conform(SwarmOptions, swarmDefaults, 'HostOptions.SwarmOptions'),
    AuthOptions: conform(AuthOptions, auth, 'HostOptions.AuthOptions'),
  };
}

/** Where the store was when the file was written: the driver's data name its root, the auth options the machine's folder. */
function recordedPlaces(document: Json, driver: Json, options: HostOptions): Place[] {
  const name = typeof document['Name'] === 'string' ? document['Name'] : '';
  const fromDriver = typeof driver['StorePath'] === 'string' ? driver['StorePath'] : '';
  const roots = [rootOfMachineDir(fromDriver) ?? fromDriver, rootOfMachineDir(options.AuthOptions.StorePath) ?? ''];
  return roots.filter((root) => root !== '').map((root) => ({ root, name }));
}

function locateDriver(data: Json, relocate: (path: string) => string, root: string): DriverData {
  const entries = Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? relocate(value) : value] as const);
  return { ...Object.fromEntries(entries), ...('StorePath' in data && { StorePath: root }) };
}

/** Empty paths are the store's own. Docker Machine's migrations wrote a relative folder, or the root, instead of the machine's folder. */
function locateAuth(auth: AuthOptions, standard: AuthOptions, relocate: (path: string) => string, root: string): AuthOptions {
  const moved = (field: keyof AuthOptions & `${string}Path`) => relocate(auth[field]) || standard[field];
  const certDir = relocate(auth.CertDir);
  const dir = moved('StorePath');
  return {
    ...auth,
    CertDir: certDir === '' || certDir === 'certs' ? standard.CertDir : certDir,
    CaCertPath: moved('CaCertPath'),
    CaPrivateKeyPath: moved('CaPrivateKeyPath'),
    ServerCertPath: moved('ServerCertPath'),
    ServerKeyPath: moved('ServerKeyPath'),
    ClientKeyPath: moved('ClientKeyPath'),
    ClientCertPath: moved('ClientCertPath'),
    StorePath: dir === '.' || dir === root ? standard.StorePath : dir,
  };
}
