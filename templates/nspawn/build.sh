#!/bin/sh
# Builds a Debian root file system.
#   build.sh TARGET SUITE ENGINE [MIRROR]    apt sources (deb822) on standard input; without them, those that debootstrap writes are kept
# Runs in its own mount and process namespace, so that nothing is left when it ends, however it ends.
set -eu
target=$1 suite=$2 engine=$3 mirror=${4-}
here=$(dirname "$0")
. "$here/tree.sh"
sources=$(cat)

export DEBIAN_FRONTEND=noninteractive LC_ALL=C
# The image is flushed once at the end; a flush per file would take most of the time.
export DPKG_FORCE=unsafe-io

apt_value() {
  if command -v apt-config >/dev/null; then apt-config dump --format '%v%n' "$1" | head -n 1; fi
}
proxy=$(apt_value Acquire::http::Proxy)
case $proxy in '' | DIRECT) proxy= ;; *) export http_proxy="$proxy" ;; esac

packages=systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,iputils-ping,ca-certificates,curl,iptables
debootstrap --variant=minbase --include="$packages" "$suite" "$target" ${mirror:+"$mirror"}

echo 'I: Configuring packages'
put etc/dpkg/dpkg.cfg.d/tsmachine <"$here/dpkg.cfg"
put etc/apt/apt.conf.d/80tsmachine <"$here/apt.conf"
if [ -n "$proxy" ]; then printf 'Acquire::http::Proxy "%s";\n' "$proxy" | put etc/apt/apt.conf.d/81proxy; fi
if [ -n "$sources" ]; then
  remove etc/apt/sources.list
  printf '%s\n' "$sources" | put etc/apt/sources.list.d/debian.sources
fi

put etc/resolv.conf </etc/resolv.conf
printf '#!/bin/sh\nexit 101\n' | put usr/sbin/policy-rc.d 755
folder proc
mount -t proc proc "$target/proc"

echo 'I: Updating packages'
if ! output=$(chroot "$target" apt-get -q update 2>&1); then
  printf '%s\n' "$output"
  case $output in *' is expired '*) ;; *) exit 1 ;; esac
  # A mirror that is a snapshot serves expired release files; signatures are still checked.
  echo 'Acquire::Check-Valid-Until "false";' | put etc/apt/apt.conf.d/82frozen
  chroot "$target" apt-get -q update
  echo "N: tsmachine: the mirror's release files of $suite have expired: their age is not checked in these machines"
fi
chroot "$target" apt-get -q -y upgrade

if [ "$engine" = image ]; then
  echo 'I: Installing the engine'
  client=$(chroot "$target" apt-cache --names-only search '^docker-cli$' | cut -d ' ' -f 1) # its own package since 26
  chroot "$target" apt-get -q -y install --no-install-recommends docker.io ${client:+"$client"}
  # Provisioning enables and starts the engine once, with its final settings.
  chroot "$target" systemctl disable docker.service docker.socket containerd.service
fi

umount "$target/proc"
remove usr/sbin/policy-rc.d var/log/apt
folder var/cache/apt/archives
folder var/lib/apt/lists
rm -rf "$target"/var/cache/apt/archives/*.deb "$target"/var/cache/apt/*.bin "$target"/var/lib/apt/lists/* "$target"/var/log/*.log

sh "$here/prepare.sh" "$target"
