# What installing and upgrading with apk share. LOCK_TIMEOUT and VERSION as in install-apt.sh.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }

output=$(mktemp) || { fact failure 'No space left on device: no temporary file'; exit 22; }
trap 'rm -f "$output"' EXIT
trap 'exit 129' HUP INT TERM PIPE

read_lists() {
  apk --wait "$LOCK_TIMEOUT" update 2>&1 || fact note 'apk update failed on the host; continuing with the existing package lists'
}

# Each package exists in one version only: VERSION, if one is wanted, must match it.
require() {
  has=$(apk search -x "$1" 2>/dev/null | sed -n "s/^$1-\([0-9].*\)-r[0-9]*$/\1/p" | head -n 1)
  if [ -z "$has" ]; then
    fact failure "no package $1: enable the community repository in /etc/apk/repositories"
    exit 22
  fi
  if [ -n "$VERSION" ]; then
    case $has in
      "$VERSION" | "$VERSION".*) ;;
      *) fact available "$1 $has"; exit 21 ;;
    esac
  fi
}

# Asks apk what it would do to packages that are there. $1: packages whose upgrade was asked for; the rest: what is added.
simulate() {
  asked=$1; shift
  apk add -s "$@" 2>/dev/null | sed -n -e 's/^([0-9/]*) Purging \([^ ]*\) (\(.*\))$/remove \1 \2/p' \
    -e 's/^([0-9/]*) \(Upgrading\|Replacing\) \([^ ]*\) (\(.*\) -> \(.*\))$/upgrade \2 \3 \4/p' \
    -e 's/^([0-9/]*) Downgrading \([^ ]*\) (\(.*\) -> \(.*\))$/downgrade \1 \2 \3/p' | judge "$asked" || exit "$?"
}

add() {
  apk --wait "$LOCK_TIMEOUT" add "$@" >"$output" 2>&1 && status=0 || status=$?
  cat "$output"
  [ "$status" -ne 0 ] || return 0
  if grep -q 'Unable to lock database' "$output"; then exit 20; fi
  exit 22
}
