#!/bin/sh
# Makes a root file system fit to boot as a machine, fast.
#   prepare.sh TARGET
set -eu
target=$1
here=$(dirname "$0")
units=$target/etc/systemd/system

mkdir -p "$units/multi-user.target.wants" "$target/usr/local/lib/tsmachine" "$target/etc/ssh/sshd_config.d"
cp "$here/writable.service" "$units/tsmachine-writable.service"
ln -sfn ../tsmachine-writable.service "$units/multi-user.target.wants/tsmachine-writable.service"
install -m 755 "$here/writable.sh" "$target/usr/local/lib/tsmachine/writable.sh"

while read -r unit; do
  case $unit in '' | '#'*) continue ;; esac
  rm -rf "${units:?}/$unit"
  ln -s /dev/null "$units/$unit"
done <"$here/masked-units"
# Started over D-Bus by the first that asks for it (reboot, poweroff), not at every boot.
ln -sfn /dev/null "$units/multi-user.target.wants/systemd-logind.service"

# Identity is given to each machine, never shared through the image.
rm -f "$target"/etc/ssh/ssh_host_*key "$target"/etc/ssh/ssh_host_*key.pub
: >"$target/etc/machine-id"
rm -f "$target/var/lib/dbus/machine-id" "$target/etc/hostname" "$target/etc/resolv.conf"

mkdir -p "$target/etc/systemd/journald.conf.d"
cp "$here/journald.conf" "$target/etc/systemd/journald.conf.d/tsmachine.conf"

cp "$here/sshd.conf" "$target/etc/ssh/sshd_config.d/10-tsmachine.conf"
# Since 9.8 sshd shuts out an address after a few failed logins; here that address is always this computer's own.
mkdir -p "$target/run/sshd"
penalties=$target/etc/ssh/sshd_config.d/11-tsmachine-penalties.conf
if grep -qs PerSourcePenalties "$target/usr/sbin/sshd"; then echo 'PerSourcePenalties no' >"$penalties"; fi

mkdir -p "$target/etc/default" "$target/var"
touch "$target/etc/default/locale" # pam_env complains at every login when it is missing

# The first boot has nothing to bring up to date.
touch "$target/etc/.updated" "$target/var/.updated"

sync -f "$target"
