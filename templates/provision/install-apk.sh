# Installs the distribution's engine with apk.
# PACKAGES VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 25 something would be removed.
# include provision/part-apk.sh
# include provision/part-changes.sh

main() {
  set -- $PACKAGES
  fact progress "Installing $*"
  read_lists
  require "$1"
  simulate '' "$@"
  add "$@"
}

main </dev/null
