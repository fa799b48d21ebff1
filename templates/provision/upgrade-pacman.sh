# Upgrades the distribution's engine with pacman: the engine and its container runtime, not the whole system.
# VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# CHECK   as in upgrade-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 24 the engine was not installed from a package,
# 25 something would be removed.
# include provision/part-pacman.sh
# include provision/part-changes.sh
# include provision/part-upgrade.sh

installed() {
  pacman -Q docker >/dev/null 2>&1 || return 0
  pacman -Q docker containerd runc 2>/dev/null
}

main() {
  begin
  fact progress 'Reading package lists'
  locked pacman -Sy --noconfirm --noprogressbar || exit 22
  require_version docker
  if [ -n "$CHECK" ]; then
    tell_newer docker "$(pacman -Si docker 2>/dev/null | sed -n 's/^Version *: *//p' | head -n 1)"
    exit 0
  fi
  simulate "$(names)" $(names)
  fact progress 'Upgrading docker'
  locked pacman -S $permit --noconfirm --noprogressbar --needed $(names) || exit 22
  finish
}

main </dev/null
