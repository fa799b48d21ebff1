import { TsmachineError } from '../../base/errors.js';
import { choose } from './choose.js';
import { listedDigests, listedFolders, newestFolder } from './index-page.js';
import type { Query, Resolve } from './types.js';

/**
 * Ubuntu's images: `VERSION/release-DATE/ubuntu-VERSION-server-cloudimg-ARCH.img` (a qcow2) beside SHA256SUMS; amd64 has a .vmdk as well.
 * The .vhd is made for Azure and does not look for a seed. Without a version, the newest LTS release: one of April in an even year.
 */
export function ubuntuImage(wanted?: string): Resolve {
  return async (query) => {
    const { version, build } = wanted === undefined ? await newestLts(query) : { version: wanted, build: await newestBuild(query, wanted) };
    if (build === undefined) throw noRelease(`${query.sites.ubuntu}/${version}/ lists no release`);
    const folder = `${query.sites.ubuntu}/${version}/${build}`;
    const sums = `${folder}/SHA256SUMS`;
    const digests = listedDigests(await query.fetchText(sums), 'sha256', sums);
    const stem = `ubuntu-${version}-server-cloudimg-${query.arch}`;
    const date = /^release-(.+)$/.exec(build)?.[1];
    return choose({
      title: `Ubuntu ${version}${date === undefined ? '' : `, build ${date}`}`,
      folder,
      digests,
      formats: query.formats,
      arch: query.arch,
      names: { vmdk: `${stem}.vmdk`, qcow2: `${stem}.img` },
    });
  };
}

/** A listed version may be a beta without a release. */
async function newestLts(query: Query): Promise<{ version: string; build: string }> {
  const url = `${query.sites.ubuntu}/`;
  const versions = listedFolders(await query.fetchText(url))
    .filter((name) => /^\d[02468]\.04$/.test(name))
    .sort()
    .reverse();
  for (const version of new Set(versions)) {
    const build = await newestBuild(query, version);
    if (build !== undefined) return { version, build };
  }
  throw noRelease(`${url} lists no LTS release`);
}

async function newestBuild({ sites, fetchText }: Query, version: string): Promise<string | undefined> {
  const page = await fetchText(`${sites.ubuntu}/${version}/`);
  return newestFolder(page, /^release-\d{8}(\.\d+)?$/) ?? (listedFolders(page).includes('release') ? 'release' : undefined);
}

function noRelease(why: string): TsmachineError {
  return new TsmachineError('DOWNLOAD', why, { hint: 'A proxy or a login page may have answered instead' });
}
