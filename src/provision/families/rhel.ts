import type { OsRelease } from '../look/os-release.js';
import { dockerSite, isLike, type Distribution, type DockerRepository } from './family.js';

const names: Readonly<Record<string, string>> = { rhel: 'redhat' };

/** The Red Hat family: dnf or yum. Only Fedora and Amazon Linux ship an engine of their own. */
export const rhel = {
  family: 'rhel',
  covers: 'RHEL, CentOS Stream, Rocky, AlmaLinux, Oracle Linux, Fedora, Amazon Linux',
  matches: (os) => isLike(os, 'rhel', 'centos', 'fedora', 'rocky', 'almalinux', 'ol', 'amzn'),
  provisioner: (os) => names[os.id] ?? os.id,
  packages: {
    template: 'provision/install-dnf.sh',
    upgrade: 'provision/upgrade-dnf.sh',
    distro(os) {
      if (os.id === 'fedora') return { packages: ['moby-engine'], optional: ['docker-cli'] };
      return os.id === 'amzn' ? { packages: ['docker'] } : undefined;
    },
    docker: dockerRepository,
  },
} as const satisfies Distribution;

/** Fingerprint of the key that signs Docker's rpm packages (docs.docker.com/engine/install). */
const fingerprint = '060A61C51B558A7F742B77AAC52FEB6B621E9F35';

/** Docker builds for CentOS, RHEL and Fedora; rebuilds of RHEL use the packages for CentOS, and Amazon Linux has none. */
function dockerRepository(os: OsRelease): DockerRepository | undefined {
  const release = os.versionId.split('.')[0] ?? '';
  if (os.id === 'amzn' || release === '') return undefined;
  const product = os.id === 'fedora' || os.id === 'rhel' ? os.id : 'centos';
  return { url: `${dockerSite}/${product}`, release, fingerprint };
}
