# Installs the distribution's engine with pacman.
# PACKAGES VERSION LOCK_TIMEOUT   as in install-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed.
# include provision/part-pacman.sh

main() {
  set -- $PACKAGES
  fact progress "Installing $*"
  # Tries the existing package lists first: packages of newer lists may not fit the installed libraries without a full upgrade.
  if [ -z "$VERSION" ] && locked pacman -S --noconfirm --noprogressbar --needed "$@"; then return 0; fi
  locked pacman -Sy --noconfirm --noprogressbar || exit 22
  require_version "$1"
  locked pacman -S --noconfirm --noprogressbar --needed "$@" || exit 22
}

main </dev/null
