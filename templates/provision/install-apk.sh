# Installs the distribution's engine with apk.
# PACKAGES VERSION LOCK_TIMEOUT   as in install-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed.
# include provision/part-apk.sh

main() {
  set -- $PACKAGES
  fact progress "Installing $*"
  read_lists
  require "$1"
  add "$@"
}

main </dev/null
