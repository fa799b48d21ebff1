# Installs the distribution's engine with pacman.
# PACKAGES VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 25 something would be removed.
# include provision/part-pacman.sh
# include provision/part-changes.sh

main() {
  set -- $PACKAGES
  fact progress "Installing $*"
  # Tries the existing package lists first: packages of newer lists may not fit the installed libraries without a full upgrade.
  if [ -z "$VERSION" ] && pacman -Sp "$@" >/dev/null 2>&1; then simulate '' "$@"; fi
  if [ -z "$VERSION" ] && locked pacman -S $permit --noconfirm --noprogressbar --needed "$@"; then return 0; fi
  locked pacman -Sy --noconfirm --noprogressbar || exit 22
  require_version "$1"
  simulate '' "$@"
  locked pacman -S $permit --noconfirm --noprogressbar --needed "$@" || exit 22
}

main </dev/null
