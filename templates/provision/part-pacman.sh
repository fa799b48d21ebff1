# What installing and upgrading with pacman share. LOCK_TIMEOUT and VERSION as in install-apt.sh.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }

output=$(mktemp) || { fact failure 'No space left on device: no temporary file'; exit 22; }
trap 'rm -f "$output"' EXIT
trap 'exit 129' HUP INT TERM PIPE

locked() {
  since=$(date +%s)
  announced=
  while :; do
    "$@" >"$output" 2>&1 && status=0 || status=$?
    cat "$output"
    [ "$status" -ne 0 ] || return 0
    grep -q 'unable to lock database' "$output" || return "$status"
    if [ $(($(date +%s) - since)) -ge "$LOCK_TIMEOUT" ]; then
      fact failure 'if no pacman is running on the host, remove /var/lib/pacman/db.lck'
      exit 20
    fi
    [ -n "$announced" ] || fact progress 'Waiting for another package manager on the host to finish'
    announced=yes
    sleep 2
  done
}

# --ask 4 answers yes where a package in conflict would be removed; without it the answer is no.
permit=
if [ "$ALLOW" = yes ]; then permit='--ask 4'; fi

# Asks pacman which packages that are there it would replace; it removes none by itself. $1: packages whose upgrade was asked for.
simulate() {
  asked=$1; shift
  pacman -Sp --needed --print-format '%n %v' "$@" 2>/dev/null | while read -r name new; do
    old=$(pacman -Q "$name" 2>/dev/null | cut -d ' ' -f 2)
    if [ -z "$old" ] || [ "$old" = "$new" ]; then continue; fi
    kind=upgrade
    if [ "$(vercmp "$new" "$old" 2>/dev/null)" = -1 ]; then kind=downgrade; fi
    printf '%s\n' "$kind $name $old $new"
  done | judge "$asked" || exit "$?"
}

# Each package exists in one version only: VERSION, if one is wanted, must match it.
require_version() {
  [ -n "$VERSION" ] || return 0
  has=$(pacman -Si "$1" 2>/dev/null | sed -n 's/^Version *: *\([0-9]*:\)\{0,1\}//p' | head -n 1)
  case $has in
    "$VERSION" | "$VERSION"[.+~-]*) ;;
    *) fact available "$1 $has"; exit 21 ;;
  esac
}
