# Installs the distribution's engine with zypper.
# SYSTEM SYSTEM_VERSION PACKAGES VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 25 something would be removed.
# include provision/part-zypper.sh
# include provision/part-changes.sh

# On SLES the engine is in a module of its own, which needs a registered system.
enable_module() {
  case $SYSTEM in sles | sled) ;; *) return 0 ;; esac
  if zypper -n search -x --match-exact docker >/dev/null 2>&1; then return 0; fi
  command -v SUSEConnect >/dev/null 2>&1 || return 0
  SUSEConnect -p "sle-module-containers/$SYSTEM_VERSION/$(uname -m)" 2>&1 && return 0
  fact failure 'the Containers module is not available: is the system registered with the SUSE Customer Center or an RMT server?'
  exit 22
}

main() {
  enable_module
  set -- $PACKAGES
  choose "$1"
  simulate '' install "$chosen"
  fact progress "Installing $chosen"
  zypp install $permit "$chosen" || exit 22
  fact installed "$chosen"
}

main </dev/null
