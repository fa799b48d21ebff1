# Installs an engine with apt. The engine is not started here: it is started once, with its settings in place.
# MODE               auto: Docker's packages, else the distribution's; docker; distro
# PACKAGES OPTIONAL  the distribution's packages, the engine first; packages that are installed where they exist
# DOCKER_PACKAGES REPOSITORY RELEASE FINGERPRINT   Docker's packages; REPOSITORY is empty when there are none for this system
# VERSION            wanted version, or empty
# LOCK_TIMEOUT       seconds to wait for another package manager
# PROBE_TIMEOUT      seconds that Docker's repository may take to answer
# Prints progress|, note|, available| and failure| lines among apt's own output.
# ALLOW              yes: packages that are there may be removed, downgraded, and container runtimes upgraded
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 23 Docker's repository cannot be reached,
# 25 something would be removed.
# include provision/part-apt.sh
# include provision/part-changes.sh
masked=
list=/etc/apt/sources.list.d/docker-tsmachine.sources
keyring=/etc/apt/keyrings/docker.asc

# A mask in /run disappears with the next boot at the latest, whatever happens to this script.
mask() {
  [ -d /run/systemd/system ] || return 0
  masked=yes
  for unit in docker.service docker.socket; do
    [ -e "/run/systemd/system/$unit" ] || ln -s /dev/null "/run/systemd/system/$unit"
  done
}

unmask() {
  for unit in docker.service docker.socket; do
    if [ "$(readlink "/run/systemd/system/$unit" 2>/dev/null)" = /dev/null ]; then rm -f "/run/systemd/system/$unit"; masked=yes; fi
  done
  [ -n "$masked" ] || return 0
  masked=
  # Does what the packages could not do because of the mask; the helper expects to be called from a package script.
  for unit in docker.service docker.socket; do
    DPKG_MAINTSCRIPT_PACKAGE=${PACKAGES%% *} deb-systemd-helper enable "$unit" >/dev/null 2>&1
  done
  systemctl daemon-reload
}

leave() { unmask; rm -rf "$work"; }
trap leave EXIT
trap 'exit 129' HUP INT TERM PIPE

lists_are_fresh() { [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mmin -60 2>/dev/null | head -n 1)" ]; }
fetch() {
  # apt's own downloader: it exists on every host and uses apt's proxy settings.
  /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout="$PROBE_TIMEOUT" -o Acquire::https::Timeout="$PROBE_TIMEOUT" download-file "$1" "$2"
}

# Docker's key and a release file show that the repository can be reached and has packages for this system.
probe() {
  { fetch "$REPOSITORY/gpg" "$work/key" && fetch "$REPOSITORY/dists/$RELEASE/Release" "$work/Release"; } >"$work/probe" 2>&1
}
bounded_probe() {
  probe & probing=$!
  (sleep "$PROBE_TIMEOUT"; kill "$probing" 2>/dev/null) >/dev/null 2>&1 & watchdog=$!
  wait "$probing"; status=$?
  kill "$watchdog" 2>/dev/null
  return "$status"
}

right_key() {
  command -v gpg >/dev/null 2>&1 || return 0
  gpg --homedir "$work" --batch --show-keys --with-colons "$work/key" 2>/dev/null | grep -q "^fpr:.*:$FINGERPRINT:" && return 0
  fact failure "the signing key of $REPOSITORY is not Docker's ($FINGERPRINT)"
  exit 22
}

# apt refuses both of two entries for one repository with different keys.
add_repository() {
  if grep -rqs 'download\.docker\.com' /etc/apt/sources.list /etc/apt/sources.list.d --exclude="${list##*/}"; then return 0; fi
  right_key
  mkdir -p /etc/apt/keyrings
  cp "$work/key" "$keyring" && chmod 644 "$keyring" || exit 22
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: stable\nArchitectures: %s\nSigned-By: %s\n' \
    "$REPOSITORY" "$RELEASE" "$(dpkg --print-architecture)" "$keyring" >"$list" || exit 22
  locked apt-get -q update -o Dir::Etc::sourcelist="$list" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
}

choose_distribution() {
  set -- $PACKAGES
  if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then set -- "$@" apparmor; fi
  for package in $OPTIONAL; do if exists "$package"; then set -- "$@" "$package"; fi; done
  choose "$@"
}

# Packages that are there already, such as the containerd.io of Kubernetes, are not named: they are upgraded only if the engine needs it.
missing() { dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q ' installed$' && return 1; return 0; }

use_docker() {
  [ -n "$REPOSITORY" ] && [ "$MODE" != distro ] || return 1
  [ "$1" -eq 0 ] || return 1
  add_repository || { rm -f "$list"; return 1; }
  set -- $DOCKER_PACKAGES
  exists "$1" || return 1
  packages=$1; shift
  for package in "$@"; do if missing "$package"; then packages="$packages $package"; fi; done
  choose $packages
}

install() { locked apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 $permit install $chosen; }

main() {
  if dpkg --audit 2>/dev/null | grep -q .; then locked dpkg --configure -a --force-confold; fi
  probed=1
  updated=
  if [ -n "$REPOSITORY" ] && [ "$MODE" != distro ]; then bounded_probe & probe_job=$!; fi
  set -- $PACKAGES
  if ! lists_are_fresh || ! exists "$1"; then
    fact progress 'Reading package lists'
    locked apt-get -q update || fact note 'apt-get update failed on the host; continuing with the existing package lists'
    updated=yes
  fi
  if [ -n "${probe_job:-}" ]; then wait "$probe_job"; probed=$?; fi
  if ! use_docker "$probed"; then
    if [ "$MODE" = docker ]; then
      if [ -n "$VERSION" ] && [ "$probed" -eq 0 ]; then available docker-ce; exit 21; fi
      if [ "$probed" -eq 0 ]; then
        reason=$(grep -E '^(E|Err):' "$work/output" | tail -n 1)
        fact failure "${reason:-$REPOSITORY has no package docker-ce for $RELEASE}"
        exit 22
      fi
      sed -n 's/^\(E\|Err\): */failure|/p' "$work/probe" 2>/dev/null | tail -n 3
      exit 23
    fi
    if [ "$MODE" = auto ] && [ -n "$REPOSITORY" ]; then
      if [ "$probed" -eq 0 ]; then fact note "Docker's repository has no such package for this host; installing the distribution's"
      else fact note "Docker's own packages cannot be reached from this host; installing the distribution's"; fi
    fi
    rm -f "$list"
    if ! choose_distribution; then available docker-ce; available "$1"; exit 21; fi
  fi
  simulate ''
  fact progress "Installing$chosen"
  mask
  if ! install; then
    if grep -q 'dpkg was interrupted' "$work/output"; then locked dpkg --configure -a --force-confold
    # Outdated package lists may name files that no longer exist.
    elif [ -z "$updated" ]; then locked apt-get -q update
    else exit 22; fi
    install || exit 22
  fi
  if [ -n "$VERSION" ]; then hold; fi
  fact installed "$chosen"
}

main </dev/null
