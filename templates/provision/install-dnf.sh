# Installs an engine with dnf, or yum where there is no dnf. Packages of this family do not start their services.
# MODE               auto (Docker's packages, otherwise the distribution's), docker or distro
# SYSTEM SYSTEM_VERSION   ID and VERSION_ID of the distribution
# PACKAGES OPTIONAL  the distribution's packages, the engine first (none on RHEL and its rebuilds); packages that are installed where they exist
# DOCKER_PACKAGES REPOSITORY RELEASE FINGERPRINT   Docker's packages; REPOSITORY is empty when there are none for this system
# VERSION            wanted version, or empty
# LOCK_TIMEOUT       seconds to wait for another package manager
# PROBE_TIMEOUT      seconds that Docker's repository may take to answer
# ALLOW              as in install-apt.sh
# Exit status as in install-apt.sh.
# include provision/part-dnf.sh
# include provision/part-changes.sh

repository_file=/etc/yum.repos.d/docker-tsmachine.repo
key=/etc/pki/rpm-gpg/RPM-GPG-KEY-docker

fetch() {
  if has curl; then curl -fsSL --connect-timeout "$PROBE_TIMEOUT" --max-time $((PROBE_TIMEOUT * 2)) -o "$2" "$1"
  else wget -q -T "$PROBE_TIMEOUT" -t 1 -O "$2" "$1"; fi
}

right_key() {
  has gpg || return 0
  gpg --batch --show-keys --with-colons "$key" 2>/dev/null | grep -q "^fpr:.*:$FINGERPRINT:" && return 0
  rm -f "$key"
  fact failure "the signing key of $REPOSITORY is not Docker's ($FINGERPRINT)"
  exit 22
}

# An entry that the user made for the repository stays the only one.
add_repository() {
  if grep -rqs 'download\.docker\.com' /etc/yum.repos.d --exclude="${repository_file##*/}"; then return 0; fi
  mkdir -p "${key%/*}"
  fetch "$REPOSITORY/gpg" "$key" 2>"$output" || { reason=$(tail -n 1 "$output"); return 1; }
  right_key
  printf '[docker-ce-stable]\nname=Docker CE Stable\nbaseurl=%s/%s/$basearch/stable\nenabled=1\ngpgcheck=1\ngpgkey=file://%s\n' \
    "$REPOSITORY" "$RELEASE" "$key" >"$repository_file"
}

reason=
offered=
use_docker() {
  [ -n "$REPOSITORY" ] && [ "$MODE" != distro ] || return 1
  add_repository || return 1
  set -- $DOCKER_PACKAGES
  if [ -z "$(versions "$1")" ]; then
    rm -f "$repository_file"
    reason="no package docker-ce for release $RELEASE"
    return 1
  fi
  # packages that are there already are not named: they are upgraded only if the engine needs it
  packages=$1
  for package in "$@"; do
    if [ "$package" != "$1" ] && ! rpm -q "$package" >/dev/null 2>&1; then packages="$packages $package"; fi
  done
  choose $packages && return 0
  available "$1"
  offered=yes
  return 1
}

use_distribution() {
  set -- $PACKAGES
  # Amazon Linux 2 has the engine in an extra that must be enabled.
  if [ "$SYSTEM" = amzn ] && has amazon-linux-extras; then amazon-linux-extras enable docker >/dev/null 2>&1; fi
  for package in $OPTIONAL; do
    if [ -n "$(versions "$package")" ]; then set -- "$@" "$package"; fi
  done
  choose "$@"
}

main() {
  if ! use_docker; then
    if [ "$MODE" = docker ] || [ -z "$PACKAGES" ]; then
      if [ -n "$offered" ]; then exit 21; fi
      fact failure "$reason"
      case $reason in 'no package '*) exit 22 ;; esac
      exit 23
    fi
    if [ "$MODE" = auto ] && [ -n "$REPOSITORY" ]; then
      if [ -n "$offered" ]; then fact note "Docker's repository has no such version for this host; installing the distribution's"
      else fact note "Docker's own packages cannot be used on this host ($reason); installing the distribution's"; fi
    fi
    rm -f "$repository_file"
    if ! use_distribution; then available "${PACKAGES%% *}"; exit 21; fi
  fi
  simulate ''
  fact progress "Installing$chosen"
  locked "$manager" -y $permit install $chosen || exit 22
  if [ -n "$VERSION" ]; then "$manager" -y versionlock add ${chosen%%-[0-9]*} >/dev/null 2>&1; fi
  fact installed "$chosen"
}

main </dev/null
