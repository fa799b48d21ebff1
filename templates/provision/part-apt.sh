# What installing and upgrading with apt share. LOCK_TIMEOUT and VERSION as in install-apt.sh.
# Temporary files go to $work, which the scripts remove.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }

work=$(mktemp -d) || { fact failure 'No space left on device: no temporary directory'; exit 22; }

# Runs apt-get or dpkg, and waits while another process holds the lock.
locked() {
  since=$(date +%s)
  announced=
  while :; do
    "$@" >"$work/output" 2>&1 && status=0 || status=$?
    cat "$work/output"
    [ "$status" -ne 0 ] || return 0
    grep -Eq 'Could not get lock|Unable to (lock|acquire the dpkg)|is locked by another|locked by another process' "$work/output" || return "$status"
    if [ $(($(date +%s) - since)) -ge "$LOCK_TIMEOUT" ]; then
      fact failure "$(grep -Eo 'held by process [^.]*' "$work/output" | head -n 1)"
      exit 20
    fi
    if [ -z "$announced" ]; then
      fact progress "Waiting for another package manager on the host to finish ($(grep -Eo 'process [^.]*' "$work/output" | head -n 1))"
      announced=yes
    fi
    sleep 1
  done
}

candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: *//p' | grep -v '^(none)$'; }
exists() { [ -n "$(candidate "$1")" ]; }

# The newest version of package $1 that matches VERSION.
resolve() {
  apt-cache madison "$1" | while IFS='| ' read -r _ version _; do
    upstream=${version#*:}
    case $upstream in
      "$VERSION" | "$VERSION"[.+~-]*) printf '%s' "$version"; break ;;
    esac
  done
}

# Sets $chosen to the packages to install, at VERSION if one is wanted. The first package is the engine and decides about the version.
choose() {
  chosen=; exact=
  if [ -n "$VERSION" ]; then
    exact=$(resolve "$1")
    [ -n "$exact" ] || return 1
  fi
  for package in "$@"; do
    if [ -n "$exact" ] && apt-cache madison "$package" | grep -qF " $exact "; then chosen="$chosen $package=$exact"; else chosen="$chosen $package"; fi
  done
}

# apt itself must not remove anything either, should the lists have changed since it was asked.
if [ "$ALLOW" = yes ]; then permit='--allow-downgrades --allow-change-held-packages'; else permit=--no-remove; fi

# Asks apt what installing $chosen would do to packages that are there. $1: packages whose upgrade was asked for.
simulate() {
  apt-get -s -q -o Debug::NoLocking=true --no-install-recommends --allow-change-held-packages --allow-downgrades install $chosen >"$work/plan" 2>&1 || return 0
  sed -n 's/^Remv \([^ ]*\) \[\([^]]*\)\].*/remove \1 \2/p; s/^Inst \([^ ]*\) \[\([^]]*\)\] (\([^ ]*\) .*/upgrade \1 \2 \3/p' "$work/plan" |
    while read -r kind name old new; do
      if [ "$kind" = upgrade ] && dpkg --compare-versions "$new" lt "$old"; then kind=downgrade; fi
      printf '%s\n' "$kind $name $old $new"
    done | judge "$1" || exit "$?"
}

available() { apt-cache madison "$1" | while IFS='| ' read -r _ version _; do fact available "$1 $version"; done; }

# A requested version is held, so that the next upgrade of the host does not replace it.
hold() {
  for package in $chosen; do
    case $package in *=*) apt-mark hold "${package%%=*}" >/dev/null ;; esac
  done
}
