import { choose } from './choose.js';
import { listedDigests, newestFolder } from './index-page.js';
import type { Resolve } from './types.js';

/**
 * Debian's images: `CODENAME/BUILD/debian-VERSION-generic-ARCH-BUILD.qcow2` beside SHA512SUMS. The folder `latest` is avoided, because
 * it may change between two requests. The variant `generic` has drivers for every virtual disk and adapter: the kernel of `genericcloud`
 * has
 * no AHCI driver up to Debian 12, and `nocloud` has no cloud-init.
 */
export function debianImage(version: string, codename: string): Resolve {
  return async ({ arch, formats, sites, fetchText }) => {
    const base = `${sites.debian}/${codename}`;
    const build = newestFolder(await fetchText(`${base}/`), /^\d{8}-\d+$/);
    const folder = `${base}/${build ?? 'latest'}`;
    const sums = `${folder}/SHA512SUMS`;
    const digests = listedDigests(await fetchText(sums), 'sha512', sums);
    const stem = `debian-${version}-generic-${arch}${build === undefined ? '' : `-${build}`}`;
    return choose({
      title: `Debian ${version}${build === undefined ? '' : `, build ${build}`}`,
      folder,
      digests,
      formats,
      arch,
      names: { qcow2: `${stem}.qcow2`, raw: `${stem}.raw` },
    });
  };
}
