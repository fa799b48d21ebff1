#!/bin/sh
# Unpacks a tarball as a root file system.
#   unpack.sh TARGET TARBALL
set -eu
target=$1 tarball=$2
mkdir -p "$target"
tar --extract --file "$tarball" --directory "$target" --numeric-owner --xattrs --xattrs-include='*' --anchored --exclude='./dev/*' --exclude='dev/*'

present() {
  for path in "$@"; do
    if [ -e "$target/$path" ] || [ -L "$target/$path" ]; then return 0; fi
  done
  return 1
}
present usr/lib/systemd/systemd lib/systemd/systemd || { echo 'E: there is no systemd in the tarball' >&2; exit 3; }
present usr/sbin/sshd usr/bin/sshd || { echo 'E: there is no sshd in the tarball' >&2; exit 3; }

sh "$(dirname "$0")/prepare.sh" "$target"
