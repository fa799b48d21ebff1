import { isDeepStrictEqual } from 'node:util';

import type { ImageFacts } from '../../docker/images.js';
import { flag, id, list, number, object, record, text, type Shape } from '../../docker/shape.js';
import type { ContainerConfig } from './containers.js';

/** The part of `GET /containers/NAME/json` that is compared. */
export interface ContainerFacts {
  readonly Id: string;
  /** The image's id. */
  readonly Image: string;
  readonly State: { readonly Running: boolean; readonly Restarting?: boolean; readonly ExitCode?: number };
  /** How often the engine has started it again by itself. */
  readonly RestartCount?: number;
  readonly Config: {
    readonly Cmd?: readonly string[] | null;
    readonly Env?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly HostConfig: {
    readonly Binds?: readonly string[] | null;
    readonly PortBindings?: Readonly<Record<string, unknown>> | null;
    readonly RestartPolicy: { readonly Name: string };
  };
}

export const containerFacts: Shape<ContainerFacts> = object(
  {
    Id: id,
    Image: text,
    State: object({ Running: flag }, { Restarting: flag, ExitCode: number }),
    Config: object({}, { Cmd: list(text), Env: list(text), Labels: record(text) }),
    HostConfig: object({ RestartPolicy: object({ Name: text }, {}) }, { Binds: list(text), PortBindings: record((value) => value) }),
  },
  { RestartCount: number },
);

/** Whether a container is the one that this configuration and this image would make. */
export function isSame(found: ContainerFacts, image: ImageFacts, wanted: ContainerConfig): boolean {
  const labels = found.Config.Labels ?? {};
  return (
    found.Image === image.Id &&
    isDeepStrictEqual(found.Config.Cmd ?? [], wanted.Cmd) &&
    isDeepStrictEqual([...(found.Config.Env ?? [])].sort(), environment(wanted.Env, image.Config?.Env ?? [])) &&
    Object.entries(wanted.Labels).every(([name, value]) => labels[name] === value) &&
    isDeepStrictEqual(found.HostConfig.Binds ?? [], wanted.HostConfig.Binds) &&
    isDeepStrictEqual(found.HostConfig.PortBindings ?? {}, wanted.HostConfig.PortBindings) &&
    found.HostConfig.RestartPolicy.Name === wanted.HostConfig.RestartPolicy.Name
  );
}

/** The environment as engines combine it: the container's own variables, and those of the image that it does not set. */
function environment(own: readonly string[], ofImage: readonly string[]): string[] {
  const name = (assignment: string) => assignment.split('=')[0];
  const named = new Set(own.map(name));
  return [...own, ...ofImage.filter((assignment) => !named.has(name(assignment)))].sort();
}
