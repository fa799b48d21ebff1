# What installing and upgrading with dnf or yum share. LOCK_TIMEOUT and VERSION as in install-dnf.sh.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1; }

output=$(mktemp) || { fact failure 'No space left on device: no temporary file'; exit 22; }
trap 'rm -f "$output"' EXIT
trap 'exit 129' HUP INT TERM PIPE
if has dnf; then manager=dnf; else manager=yum; fi

# dnf waits for another dnf's lock by itself; yum and rpm fail with a message and are tried again.
locked() {
  since=$(date +%s)
  announced=
  while :; do
    "$@" >"$output" 2>&1 && status=0 || status=$?
    cat "$output"
    [ "$status" -ne 0 ] || return 0
    grep -Eqi "can.t create transaction lock|another app is currently holding|could not lock|waiting for process" "$output" || return "$status"
    if [ $(($(date +%s) - since)) -ge "$LOCK_TIMEOUT" ]; then exit 20; fi
    [ -n "$announced" ] || fact progress 'Waiting for another package manager on the host to finish'
    announced=yes
    sleep 2
  done
}

transaction=install
if [ "$manager" = dnf ]; then erasing=--allowerasing; else erasing=; fi
permit=
if [ "$ALLOW" = yes ]; then permit=$erasing; fi

# Prints every version of package $1, newest last, as VERSION-RELEASE without the epoch.
versions() {
  "$manager" -q list --showduplicates "$1" 2>/dev/null | while read -r name version _; do
    case $name in "$1".*) printf '%s\n' "${version#*:}" ;; esac
  done
}

resolve() {
  found=
  for version in $(versions "$1"); do
    case $version in "$VERSION" | "$VERSION"[.+~-]*) found=$version ;; esac
  done
  printf '%s' "$found"
}

# Sets $chosen to the packages to install, at VERSION if one is wanted. The first package is the engine and decides about the version.
choose() {
  chosen=; exact=
  if [ -n "$VERSION" ]; then
    exact=$(resolve "$1")
    [ -n "$exact" ] || return 1
  fi
  for package in "$@"; do
    if [ -n "$exact" ] && { [ "$package" = "$1" ] || versions "$package" | grep -qxF "$exact"; }; then chosen="$chosen $package-$exact"
    else chosen="$chosen $package"; fi
  done
}

# Asks dnf what installing $chosen would do to packages that are there. $1: packages whose upgrade was asked for.
simulate() {
  "$manager" --assumeno $erasing "$transaction" $chosen 2>/dev/null | awk '
    /^Transaction Summary/ { exit }
    /^[A-Z][A-Za-z ]*:$/ { kind = /^Removing/ ? "remove" : /^Downgrading/ ? "downgrade" : /^(Upgrading|Updating)/ ? "upgrade" : ""; next }
    $1 == "replacing" { print "remove", $2, $3; next }
    /^ / && kind != "" && NF >= 3 { print kind, $1, $3 }' | while read -r kind name new; do
      old=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' "$name" 2>/dev/null | head -n 1)
      if [ "$kind" = remove ]; then printf '%s\n' "remove ${name%.*} $new"; else printf '%s\n' "$kind $name $old $new"; fi
    done | judge "$1" || exit "$?"
}

available() { for version in $(versions "$1"); do fact available "$1 $version"; done; }
