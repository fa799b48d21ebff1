# Upgrades the distribution's engine with apk.
# VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# CHECK   as in upgrade-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 24 the engine was not installed from a package,
# 25 something would be removed.
# include provision/part-apk.sh
# include provision/part-changes.sh
# include provision/part-upgrade.sh

installed() {
  for name in docker docker-engine docker-cli containerd runc; do
    apk info -e "$name" >/dev/null 2>&1 || continue
    printf '%s %s\n' "$name" "$(apk info -v "$name" 2>/dev/null | sed -n "s/^$name-\([0-9][^ ]*\).*/\1/p" | head -n 1)"
  done
}

main() {
  begin
  fact progress 'Reading package lists'
  read_lists
  require docker
  if [ -n "$CHECK" ]; then
    tell_newer docker "$(apk search -x docker 2>/dev/null | sed -n 's/^docker-\([0-9].*\)/\1/p' | head -n 1)"
    exit 0
  fi
  simulate "$(names)" --upgrade docker
  fact progress 'Upgrading docker'
  add --upgrade docker
  finish
}

main </dev/null
