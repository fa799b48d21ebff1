import { plain } from '../base/text.js';
import { TsmachineError, errorText } from '../base/errors.js';
import type { FlagSpec } from '../base/flags.js';
import { states } from '../base/machine.js';
import { method, type Handler, type Services } from '../go-rpc/rpc/server.js';
import { methods } from '../plugins/go/methods.js';
import { flagsForDockerMachine, valuesFromDockerMachine } from './flags.js';
import type { ServedMachine } from './served-machine.js';

export interface Life {
  /** Called with each heartbeat. */
  beat(): void;
  /** Called when the client has no more to ask. */
  close(): void;
}

/** A plugin that can do nothing but say why: Docker Machine shows what a call fails with, and nothing that is printed before. */
export function failingServices(why: unknown, life: Life): Services {
  const fail = () => saying(() => Promise.reject(TsmachineError.from(why)));
  const service: Readonly<Record<string, Handler>> = {
    GetVersion: method(methods.GetVersion, () => 1),
    SetConfigRaw: method(methods.SetConfigRaw, fail),
    ...lifeOf(life),
  };
  return { RPCServerDriver: service, RpcServerDriver: service };
}

/** What a plugin of Docker Machine offers, done by a driver of ours. */
export function driverServices(machine: ServedMachine, flags: readonly FlagSpec[], env: NodeJS.ProcessEnv, life: Life): Services {
  const does = (name: 'PreCreateCheck' | 'Create' | 'Remove' | 'Start' | 'Stop' | 'Restart' | 'Kill', run: () => Promise<void>) => ({
    [name]: method(methods[name], async () => {
      await saying(run);
      return {};
    }),
  });
  const tells = (
    name: 'DriverName' | 'GetMachineName' | 'GetIP' | 'GetIPv6' | 'GetSSHHostname' | 'GetSSHKeyPath' | 'GetSSHUsername' | 'GetURL',
    run: () => Promise<string> | string,
  ) => ({ [name]: method(methods[name], () => saying(async () => run())) });
  const service: Readonly<Record<string, Handler>> = {
    GetVersion: method(methods.GetVersion, () => 1),
    ...lifeOf(life),
    GetCreateFlags: method(methods.GetCreateFlags, () => flagsForDockerMachine(flags)),
    SetConfigRaw: method(methods.SetConfigRaw, (raw) => {
      machine.take(raw);
      return {};
    }),
    GetConfigRaw: method(methods.GetConfigRaw, () => machine.raw),
    SetConfigFromFlags: method(methods.SetConfigFromFlags, async (sent) => {
      await saying(() => machine.describe(valuesFromDockerMachine(flags, sent, env)));
      return {};
    }),
    GetState: method(methods.GetState, () => saying(async () => states.indexOf(await machine.state()))),
    GetSSHPort: method(methods.GetSSHPort, () => saying(async () => (await machine.ssh()).port)),
    ...tells('DriverName', () => machine.driverName),
    ...tells('GetMachineName', () => machine.name),
    ...tells('GetIP', () => machine.ip()),
    ...tells('GetIPv6', () => machine.ip(6)),
    ...tells('GetURL', () => machine.url()),
    ...tells('GetSSHHostname', async () => (await machine.ssh()).host),
    ...tells('GetSSHUsername', async () => (await machine.ssh()).user),
    ...tells('GetSSHKeyPath', async () => (await machine.ssh()).keyPath),
    ...does('PreCreateCheck', () => machine.precheck()),
    ...does('Create', () => machine.create()),
    ...does('Remove', () => machine.remove()),
    ...does('Start', () => machine.start()),
    ...does('Stop', () => machine.stop()),
    ...does('Restart', () => machine.restart()),
    ...does('Kill', () => machine.kill()),
  };
  return { RPCServerDriver: service, RpcServerDriver: service };
}

function lifeOf(life: Life) {
  return {
    Heartbeat: method(methods.Heartbeat, () => {
      life.beat();
      return {};
    }),
    Close: method(methods.Close, () => {
      life.close();
      return {};
    }),
  };
}

/** Of an error only its text travels: what to do about it goes with it, in the name of the program that shows it. */
async function saying<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!TsmachineError.is(error)) throw error;
    const hint = error.hint === undefined ? '' : `\n${plain(error.hint, 'docker-machine')}`;
    throw new Error(`${plain(error.text, 'docker-machine') || errorText(error)}${hint}`, { cause: error });
  }
}
