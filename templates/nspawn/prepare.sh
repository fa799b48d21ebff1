#!/bin/sh
# Prepares a root file system to boot quickly as a machine.
#   prepare.sh TARGET
set -eu
target=$1
here=$(dirname "$0")
. "$here/tree.sh"
units=etc/systemd/system

put "$units/tsmachine-writable.service" <"$here/writable.service"
link "$units/multi-user.target.wants/tsmachine-writable.service" ../tsmachine-writable.service
put usr/local/lib/tsmachine/writable.sh 755 <"$here/writable.sh"

while read -r unit; do
  case $unit in '' | '#'*) continue ;; esac
  link "$units/$unit" /dev/null
done <"$here/masked-units"
# Started over D-Bus when it is first needed (reboot, poweroff), not at every boot.
link "$units/multi-user.target.wants/systemd-logind.service" /dev/null

# Each machine gets its own identity; the image must not hold one.
folder etc/ssh
for key in "$target"/etc/ssh/ssh_host_*key "$target"/etc/ssh/ssh_host_*key.pub; do remove "${key#"$target"/}"; done
put etc/machine-id </dev/null
remove var/lib/dbus/machine-id etc/hostname etc/resolv.conf

put etc/systemd/journald.conf.d/tsmachine.conf <"$here/journald.conf"

put etc/ssh/sshd_config.d/10-tsmachine.conf <"$here/sshd.conf"
# Since 9.8 sshd blocks an address after a few failed logins. Here that would always be this computer's own address.
folder run/sshd
penalties=etc/ssh/sshd_config.d/11-tsmachine-penalties.conf
remove "$penalties"
if [ -f "$target/usr/sbin/sshd" ] && grep -qs PerSourcePenalties "$target/usr/sbin/sshd"; then echo 'PerSourcePenalties no' | put "$penalties"; fi

# pam_env complains at every login when it is missing
if [ ! -e "$target/etc/default/locale" ]; then put etc/default/locale </dev/null; fi

# Nothing needs updating at the first boot.
put etc/.updated </dev/null
put var/.updated </dev/null

sync -f "$target"
