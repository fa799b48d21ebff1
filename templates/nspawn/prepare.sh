#!/bin/sh
# Prepares a root file system to boot quickly as a machine.
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
# Started over D-Bus when it is first needed (reboot, poweroff), not at every boot.
ln -sfn /dev/null "$units/multi-user.target.wants/systemd-logind.service"

# Each machine gets its own identity; the image must not hold one.
rm -f "$target"/etc/ssh/ssh_host_*key "$target"/etc/ssh/ssh_host_*key.pub
: >"$target/etc/machine-id"
rm -f "$target/var/lib/dbus/machine-id" "$target/etc/hostname" "$target/etc/resolv.conf"

mkdir -p "$target/etc/systemd/journald.conf.d"
cp "$here/journald.conf" "$target/etc/systemd/journald.conf.d/tsmachine.conf"

cp "$here/sshd.conf" "$target/etc/ssh/sshd_config.d/10-tsmachine.conf"
# Since 9.8 sshd blocks an address after a few failed logins. Here that would always be this computer's own address.
mkdir -p "$target/run/sshd"
penalties=$target/etc/ssh/sshd_config.d/11-tsmachine-penalties.conf
if grep -qs PerSourcePenalties "$target/usr/sbin/sshd"; then echo 'PerSourcePenalties no' >"$penalties"; fi

mkdir -p "$target/etc/default" "$target/var"
touch "$target/etc/default/locale" # pam_env complains at every login when it is missing

# Nothing needs updating at the first boot.
touch "$target/etc/.updated" "$target/var/.updated"

sync -f "$target"
