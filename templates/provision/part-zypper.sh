# What installing and upgrading with zypper share. LOCK_TIMEOUT and VERSION as in install-apt.sh.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C ZYPP_LOCK_TIMEOUT="$LOCK_TIMEOUT"
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }

# Exit status 7: another process holds the lock. 100 to 103 only say that something should be restarted.
zypp() {
  zypper -n "$@" 2>&1 && status=0 || status=$?
  case $status in
    7) exit 20 ;;
    0 | 100 | 101 | 102 | 103 | 106 | 107) return 0 ;;
    *) return "$status" ;;
  esac
}

permit=
if [ "$ALLOW" = yes ]; then permit=--force-resolution; fi

# Asks zypper what it would do to packages that are there. $1: packages whose upgrade was asked for; the rest: the command.
simulate() {
  asked=$1; shift
  zypper -n "$1" --dry-run --force-resolution "$2" 2>/dev/null | awk '
    /^The following .* going to be / {
      kind = /REMOVED/ ? "remove" : /downgraded/ ? "downgrade" : /upgraded/ ? "upgrade" : ""; next }
    /^The following/ { kind = "" }
    /^  / && kind != "" { for (i = 1; i <= NF; i++) print kind, $i }
    /^$/ { kind = "" }' | while read -r kind name; do
      printf '%s\n' "$kind $name $(rpm -q --qf '%{VERSION}-%{RELEASE}\n' "$name" 2>/dev/null | head -n 1)"
    done | judge "$asked" || exit "$?"
}

versions() { zypper -n search -s --match-exact -t package "$1" 2>/dev/null | sed -n 's/  *//g; s/^[^|]*|[^|]*|[^|]*|\([^|]*\)|.*/\1/p' | grep '^[0-9]'; }

# Sets $chosen to the package to install, at VERSION if one is wanted.
choose() {
  chosen=$1
  if [ -n "$VERSION" ]; then
    chosen=
    for version in $(versions "$1"); do
      case $version in "$VERSION" | "$VERSION"[._+~-]*) chosen="$1=$version"; break ;; esac
    done
    if [ -z "$chosen" ]; then
      for version in $(versions "$1"); do fact available "$1 $version"; done
      exit 21
    fi
  fi
}
