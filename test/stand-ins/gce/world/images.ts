import type { ImageOptions } from '../types.js';
import { linkOf, type Resource } from './resource.js';

export interface Image extends Resource {
  readonly family?: string;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly diskSizeGb: string;
  readonly creationTimestamp: string;
  readonly deprecated?: { readonly state: string };
}

/** The public projects that are played, with images as they are named there. The newest of a family comes last. */
const published: Readonly<Record<string, readonly ImageOptions[]>> = {
  'ubuntu-os-cloud': [
    { name: 'ubuntu-2204-jammy-v20261020', family: 'ubuntu-2204-lts' },
    { name: 'ubuntu-2404-noble-amd64-v20260918', family: 'ubuntu-2404-lts-amd64', deprecated: 'DEPRECATED' },
    { name: 'ubuntu-2404-noble-amd64-v20261105', family: 'ubuntu-2404-lts-amd64' },
    { name: 'ubuntu-2404-noble-arm64-v20261105', family: 'ubuntu-2404-lts-arm64', architecture: 'ARM64' },
    { name: 'ubuntu-2604-resolute-amd64-v20261112', family: 'ubuntu-2604-lts-amd64' },
    { name: 'ubuntu-2604-resolute-arm64-v20261112', family: 'ubuntu-2604-lts-arm64', architecture: 'ARM64' },
    { name: 'ubuntu-minimal-2404-noble-amd64-v20261106', family: 'ubuntu-minimal-2404-lts-amd64' },
    { name: 'ubuntu-minimal-2404-noble-arm64-v20261106', family: 'ubuntu-minimal-2404-lts-arm64', architecture: 'ARM64' },
  ],
  'debian-cloud': [
    { name: 'debian-12-bookworm-v20261110', family: 'debian-12' },
    { name: 'debian-12-bookworm-arm64-v20261110', family: 'debian-12-arm64', architecture: 'ARM64' },
    { name: 'debian-13-trixie-v20261110', family: 'debian-13' },
    { name: 'debian-13-trixie-arm64-v20261110', family: 'debian-13-arm64', architecture: 'ARM64' },
  ],
  'rocky-linux-cloud': [{ name: 'rocky-linux-9-v20261015', family: 'rocky-linux-9', sizeGb: 20 }],
  'cos-cloud': [{ name: 'cos-stable-125-19216-104-25', family: 'cos-stable' }],
};

export function isPublic(project: string): boolean {
  return project in published;
}

export function publishedImages(project: string): Image[] {
  return (published[project] ?? []).map((image, i) => imageOf(project, image, i));
}

export function imageOf(
  project: string,
  { name, family, architecture = 'X86_64', sizeGb = 10, deprecated }: ImageOptions,
  i: number,
): Image {
  const day = /v(\d{4})(\d\d)(\d\d)$/.exec(name)?.slice(1).join('-') ?? '2026-01-01';
  return {
    kind: 'compute#image',
    id: String(3_000_000_000_000_000_000n + BigInt(i)),
    creationTimestamp: `${day}T0${i % 10}:00:00.000-07:00`,
    name,
    description: `The image ${name}`,
    sourceType: 'RAW',
    status: 'READY',
    archiveSizeBytes: '3000000000',
    diskSizeGb: String(sizeGb),
    selfLink: linkOf(`projects/${project}/global/images/${name}`),
    labelFingerprint: '42WmSpB8rSM=',
    ...(family === undefined ? {} : { family }),
    architecture,
    guestOsFeatures: [{ type: 'VIRTIO_SCSI_MULTIQUEUE' }, { type: 'UEFI_COMPATIBLE' }, { type: 'GVNIC' }],
    ...(deprecated === undefined ? {} : { deprecated: { state: deprecated } }),
  };
}
