# Installs the distribution's engine with pacman.
# PACKAGES VERSION LOCK_TIMEOUT   as in the other installing scripts
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed.
# include provision/part-pacman.sh

main() {
  set -- $PACKAGES
  fact progress "Installing $*"
  # Tries the present lists first: newer packages without a full upgrade may not fit the installed libraries.
  if [ -z "$VERSION" ] && locked pacman -S --noconfirm --noprogressbar --needed "$@"; then return 0; fi
  locked pacman -Sy --noconfirm --noprogressbar || exit 22
  require_version "$1"
  locked pacman -S --noconfirm --noprogressbar --needed "$@" || exit 22
}

main </dev/null
