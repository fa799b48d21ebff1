import { isDeepStrictEqual } from 'node:util';

import type { ImageFacts } from '../../docker/images.js';
import type { ContainerConfig } from './containers.js';

/** What matters of `GET /containers/NAME/json`; engines write null for what is empty. */
export interface ContainerFacts {
  readonly Id: string;
  /** The image's id. */
  readonly Image: string;
  readonly State: { readonly Running: boolean };
  readonly Config: {
    readonly Cmd: readonly string[] | null;
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
  readonly HostConfig: {
    readonly Binds: readonly string[] | null;
    readonly PortBindings: Readonly<Record<string, unknown>> | null;
    readonly RestartPolicy: { readonly Name: string };
  };
}

/** Whether a container is what would be made now of this configuration and this image. Pure. */
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

/** As engines do it: the container's own, and of the image's what it does not name. */
function environment(own: readonly string[], ofImage: readonly string[]): string[] {
  const name = (assignment: string) => assignment.split('=')[0];
  const named = new Set(own.map(name));
  return [...own, ...ofImage.filter((assignment) => !named.has(name(assignment)))].sort();
}
