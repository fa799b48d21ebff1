#!/bin/sh
# systemd-nspawn mounts these read-only, but an engine must write to them. A plain remount fails as busy; a bind remount works.
# Of /proc/sys only the network's part, which belongs to the machine; the rest belongs to the computer.
mount --bind /proc/sys/net /proc/sys/net
for place in /proc/sys/net /sys/fs/cgroup /sys/fs/cgroup/*; do
  if [ -d "$place" ] && [ ! -L "$place" ] && mountpoint -q "$place"; then mount -o remount,bind,rw "$place"; fi
done
exit 0
