# Upgrades the engine that apt installed: Docker's packages or the distribution's, whichever are installed.
# OPTIONAL VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# CHECK                         not empty: only report what is newer, and change nothing
# Exit status as in the installing script, and 24 when the engine was not installed from a package.
# include provision/part-apt.sh
# include provision/part-changes.sh
# include provision/part-upgrade.sh

trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP INT TERM PIPE

# In this order, the engine first: dpkg-query would sort by name.
installed() {
  for set in 'docker-ce docker-ce-cli containerd.io docker-ce-rootless-extras docker-buildx-plugin docker-compose-plugin' \
    'docker.io docker-cli containerd runc' 'moby-engine moby-cli moby-containerd moby-buildx moby-compose'; do
    dpkg-query -W -f '${Package} ${Version} ${Status}\n' $set >"$work/packages" 2>/dev/null
    grep -q "^${set%% *} .* ok installed$" "$work/packages" || continue
    for package in $set; do sed -n "s/^\($package [^ ]*\) [a-z]* ok installed$/\1/p" "$work/packages"; done
    return
  done
}

main() {
  begin
  if [ -z "$CHECK" ] && dpkg --audit 2>/dev/null | grep -q .; then locked dpkg --configure -a --force-confold; fi
  fact progress 'Reading package lists'
  locked apt-get -q update || fact note 'apt-get update failed on the host; continuing with the existing package lists'
  set -- $(names)
  if [ "$1" = docker.io ]; then for package in $OPTIONAL; do
    case " $* " in *" $package "*) ;; *) if exists "$package"; then set -- "$@" "$package"; fi ;; esac
  done; fi
  choose "$@" || { available "$1"; exit 21; }
  if [ -n "$exact" ] && dpkg --compare-versions "$exact" lt "$(version_of "$1")"; then refuse_older "$exact" "$(version_of "$1")"; fi
  if [ -n "$CHECK" ]; then
    apt-get -s -q --allow-change-held-packages --no-install-recommends install $chosen 2>/dev/null \
      | sed -n 's/^Inst \([^ ]*\) \[\([^]]*\)\] (\([^ ]*\) .*/newer|\1 \2 -> \3/p'
    exit 0
  fi
  simulate "$*"
  fact progress "Upgrading$chosen"
  apt-mark unhold "$@" >/dev/null 2>&1
  locked apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 $permit install $chosen || exit 22
  if [ -n "$VERSION" ]; then hold; fi
  finish
}

main </dev/null
