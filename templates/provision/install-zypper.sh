# Installs the distribution's engine with zypper.
# SYSTEM SYSTEM_VERSION PACKAGES VERSION LOCK_TIMEOUT   as in the other installing scripts
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C ZYPP_LOCK_TIMEOUT="$LOCK_TIMEOUT"
umask 022

fact() { printf '%s|%s\n' "$1" "$2"; }

# Exit status 7: another one holds the lock. 100-103 only ask for a restart of something.
zypp() {
  zypper -n "$@" 2>&1 && status=0 || status=$?
  case $status in
    7) exit 20 ;;
    0 | 100 | 101 | 102 | 103 | 106 | 107) return 0 ;;
    *) return "$status" ;;
  esac
}

versions() { zypper -n search -s --match-exact -t package "$1" 2>/dev/null | sed -n 's/  *//g; s/^[^|]*|[^|]*|[^|]*|\([^|]*\)|.*/\1/p' | grep '^[0-9]'; }

# On SLES the engine is in a module of its own that comes with the registration.
enable_module() {
  case $SYSTEM in sles | sled) ;; *) return 0 ;; esac
  if zypper -n search -x --match-exact docker >/dev/null 2>&1; then return 0; fi
  command -v SUSEConnect >/dev/null 2>&1 || return 0
  SUSEConnect -p "sle-module-containers/$SYSTEM_VERSION/$(uname -m)" 2>&1 && return 0
  fact failure 'the Containers module is not to be had: is the system registered with the SUSE Customer Center or an RMT server?'
  exit 22
}

main() {
  enable_module
  set -- $PACKAGES
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
  fact progress "Installing $chosen"
  zypp install "$chosen" || exit 22
  fact installed "$chosen"
}

main </dev/null
