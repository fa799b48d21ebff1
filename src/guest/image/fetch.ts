import { existsSync } from 'node:fs';

import { TsmachineError } from '../../base/errors.js';
import { release, vendorSites } from './catalogue.js';
import type { ImageChoice } from './choice.js';
import { convertImage, sourcesOf } from './convert.js';
import { formatOf } from './format.js';
import { recall, remember } from './remembered.js';
import type { Architecture, ImageContext, ImageFormat, Sites } from './types.js';

export interface ImageRequest {
  readonly arch: Architecture;
  /** The formats that the hypervisor accepts, best first. A `raw` or `vhd` is converted from a qcow2 when only that is published. */
  readonly formats: readonly ImageFormat[];
  /** Mirrors to use instead of the vendors' own servers. */
  readonly sites?: Sites;
}

export interface GuestImage {
  /** A file that machines share: copy it or put it under a writable layer, never write to it. */
  readonly path: string;
  readonly format: ImageFormat;
  /** For people: `Debian 13, build 20260826-2582`, or the file's path. */
  readonly title: string;
  /** Converted from the downloaded file; a driver that converts it further may delete it. */
  readonly intermediate?: true;
}

/**
 * Downloads an image, verifies it and converts it, if necessary, to a format that the hypervisor accepts.
 * @throws TsmachineError DRIVER_PRECHECK, DRIVER_UNSUPPORTED for images that cannot be used; DOWNLOAD, STORE_FULL, STORE_UNWRITABLE
 */
export async function fetchImage(choice: ImageChoice, wish: ImageRequest, ctx: ImageContext): Promise<GuestImage> {
  const image = await findImage(choice, wish, ctx);
  const { formats } = wish;
  const format = formats.includes(image.format) ? image.format : formats.find((wanted) => sourcesOf(wanted).includes(image.format));
  if (format === undefined) {
    throw new TsmachineError('DRIVER_PRECHECK', `The image ${image.title} has the format ${image.format}, which cannot be used here`, {
      hint: `Convert it to ${formats.join(', ')}`,
    });
  }
  return format === image.format
    ? image
    : { ...image, format, path: await convertImage(image.path, image.format, format, ctx), intermediate: true };
}

async function findImage(choice: ImageChoice, wish: ImageRequest, ctx: ImageContext): Promise<GuestImage> {
  switch (choice.kind) {
    case 'name':
      return published(choice.name, wish, ctx);
    case 'url': {
      const { algorithm, value } = choice.digest;
      const path = await ctx.download(choice.url, { [algorithm]: value });
      return { path, format: await formatOf(path), title: choice.url };
    }
    case 'file':
      if (!existsSync(choice.path))
        throw new TsmachineError('DRIVER_PRECHECK', `There is no image ${choice.path}`, { hint: 'Check the path' });
      return { path: choice.path, format: await formatOf(choice.path), title: choice.path };
  }
}

async function published(name: string, wish: ImageRequest, ctx: ImageContext): Promise<GuestImage> {
  const resolve = release(name);
  if (!resolve) throw new TsmachineError('FLAG_INVALID', `${JSON.stringify(name)} is not the name of an image`);
  const { arch, sites = vendorSites } = wish;
  const formats = [...new Set(wish.formats.flatMap(sourcesOf))];
  const key = [name, arch, ...formats].join('-');
  ctx.io.progress(`Looking for the newest image of ${name}`);
  let newest;
  try {
    newest = await resolve({ arch, formats, sites, fetchText: (url) => ctx.fetchText(url) });
  } catch (error) {
    const last = TsmachineError.is(error) && error.code === 'DOWNLOAD' ? await recall(ctx.cacheDir, key) : undefined;
    if (last === undefined || !TsmachineError.is(error)) throw error;
    ctx.io.warn(`${error.message}. Using the image that was downloaded last: ${last.title}`);
    return last;
  }
  const { algorithm, value } = newest.digest;
  const path = await ctx.download(newest.url, { [algorithm]: value });
  await remember(ctx.cacheDir, key, newest, path);
  return { path, format: newest.format, title: newest.title };
}

/**
 * The name of a processor architecture in the names of cloud images.
 * @param node the value of `process.arch`
 * @throws TsmachineError DRIVER_UNSUPPORTED for an architecture without cloud images
 */
export function guestArchitecture(node: string): Architecture {
  if (node === 'x64') return 'amd64';
  if (node === 'arm64') return 'arm64';
  throw new TsmachineError('DRIVER_UNSUPPORTED', `There are no images for the processor architecture ${node}`, {
    hint: 'Name a disk image of your own',
  });
}
