import type { OsRelease } from '../look/os-release.js';
import { dockerSite, isLike, type Distribution, type DockerRepository } from './family.js';

/** Debian, Ubuntu and what is built on them: apt and systemd. */
export const debian: Distribution = {
  family: 'debian',
  covers: 'Debian, Ubuntu and their derivatives',
  matches: (os) => isLike(os, 'debian', 'ubuntu', 'raspbian'),
  provisioner: (os) => (os.id === 'ubuntu' ? 'ubuntu(systemd)' : os.id === '' ? 'debian' : os.id),
  packages: {
    template: 'provision/install-apt.sh',
    upgrade: 'provision/upgrade-apt.sh',
    // Debian split the client off into docker-cli with engine 26.
    distro: () => ({ packages: ['docker.io', 'ca-certificates', 'iptables'], optional: ['docker-cli'] }),
    docker: dockerRepository,
  },
};

function dockerRepository(os: OsRelease, arch: string): DockerRepository | undefined {
  // Docker builds for ARMv7 and up; an ARMv6 Raspberry Pi has the distribution's engine alone.
  if (arch === 'armv6l') return undefined;
  if (os.ubuntuCodename !== undefined) return { url: `${dockerSite}/ubuntu`, release: os.ubuntuCodename };
  if (os.codename === undefined) return undefined;
  if (os.id === 'debian' || os.id === 'raspbian') return { url: `${dockerSite}/debian`, release: os.codename };
  return os.id === 'ubuntu' ? { url: `${dockerSite}/ubuntu`, release: os.codename } : undefined;
}
