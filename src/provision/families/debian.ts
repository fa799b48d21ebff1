import type { OsRelease } from '../look/os-release.js';
import { dockerSite, isLike, type Distribution, type DockerRepository } from './family.js';

/** Debian, Ubuntu and their derivatives: apt and systemd. */
export const debian = {
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
} as const satisfies Distribution;

/** Fingerprint of the key that signs Docker's deb packages (docs.docker.com/engine/install). */
const fingerprint = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';

function dockerRepository(os: OsRelease, arch: string): DockerRepository | undefined {
  // Docker builds for ARMv7 and up; an ARMv6 Raspberry Pi can only get the distribution's engine.
  if (arch === 'armv6l') return undefined;
  if (os.ubuntuCodename !== undefined) return { url: `${dockerSite}/ubuntu`, release: os.ubuntuCodename, fingerprint };
  if (os.codename === undefined) return undefined;
  if (os.id === 'debian' || os.id === 'raspbian') return { url: `${dockerSite}/debian`, release: os.codename, fingerprint };
  return os.id === 'ubuntu' ? { url: `${dockerSite}/ubuntu`, release: os.codename, fingerprint } : undefined;
}
