# Upgrades the distribution's engine with zypper.
# VERSION LOCK_TIMEOUT ALLOW   as in install-apt.sh
# CHECK   as in upgrade-apt.sh
# Exit status 0 done, 20 lock held, 21 no such version, 22 failed, 24 the engine was not installed from a package,
# 25 something would be removed.
# include provision/part-zypper.sh
# include provision/part-changes.sh
# include provision/part-upgrade.sh

installed() {
  rpm -q docker >/dev/null 2>&1 || return 0
  rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' docker docker-buildx containerd runc 2>/dev/null | grep -v 'is not installed$'
}

main() {
  begin
  fact progress 'Reading package lists'
  zypp refresh || fact note 'zypper refresh failed on the host; continuing with the existing package lists'
  choose docker
  if [ -n "$CHECK" ]; then
    newest=$(versions docker | sort -V | tail -n 1)
    case $chosen in *=*) newest=${chosen#*=} ;; esac
    tell_newer docker "$newest"
    exit 0
  fi
  if [ -n "$VERSION" ]; then simulate "$(names)" install "$chosen"; fi
  fact progress "Upgrading $chosen"
  if [ -n "$VERSION" ]; then zypp install $permit "$chosen" || exit 22
  else zypp update $(names) || exit 22; fi
  finish
}

main </dev/null
