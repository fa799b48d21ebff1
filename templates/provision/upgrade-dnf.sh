# Upgrades the engine that dnf or yum installed: Docker's packages or the distribution's, whichever are installed.
# VERSION LOCK_TIMEOUT ALLOW   as in install-dnf.sh
# CHECK                as in upgrade-apt.sh
# Exit status as in the installing script, and 24 when the engine was not installed from a package.
# include provision/part-dnf.sh
# include provision/part-changes.sh
# include provision/part-upgrade.sh

installed() {
  for set in 'docker-ce docker-ce-cli containerd.io docker-ce-rootless-extras docker-buildx-plugin docker-compose-plugin' \
    'moby-engine docker-cli containerd' 'docker containerd runc'; do
    rpm -q ${set%% *} >/dev/null 2>&1 || continue
    rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' $set 2>/dev/null | grep -v 'is not installed$'
    return
  done
}

main() {
  begin
  set -- $(names)
  fact progress 'Reading package lists'
  "$manager" -q clean expire-cache >/dev/null 2>&1
  if [ -z "$CHECK" ]; then "$manager" -y versionlock delete "$1" "$1-cli" >/dev/null 2>&1; fi
  choose "$@" || { available "$1"; exit 21; }
  if [ -n "$exact" ] && [ "$exact" != "$(version_of "$1")" ]; then
    oldest=$(printf '%s\n%s\n' "$exact" "$(version_of "$1")" | sort -V | head -n 1)
    if [ "$oldest" = "$exact" ]; then refuse_older "$exact" "$(version_of "$1")"; fi
  fi
  if [ -n "$CHECK" ]; then
    tell_newer "$1" "${exact:-$(versions "$1" | tail -n 1)}"
    exit 0
  fi
  if [ -z "$VERSION" ]; then transaction=upgrade; fi
  simulate "$*"
  fact progress "Upgrading$chosen"
  # yum's upgrade accepts no version, install does everywhere
  if [ -n "$VERSION" ]; then locked "$manager" -y $permit install $chosen || exit 22
  else locked "$manager" -y $permit upgrade $chosen || exit 22; fi
  if [ -n "$VERSION" ]; then "$manager" -y versionlock add "$1" >/dev/null 2>&1; fi
  finish
}

main </dev/null
