#!/bin/sh
# systemd-nspawn mounts these read-only; an engine must write to them. A plain remount is refused as busy, a bind remount is not.
# Of /proc/sys only the network's part, which belongs to the machine: the rest is the computer's own.
mount --bind /proc/sys/net /proc/sys/net
for place in /proc/sys/net /sys/fs/cgroup /sys/fs/cgroup/*; do
  if [ -d "$place" ] && [ ! -L "$place" ] && mountpoint -q "$place"; then mount -o remount,bind,rw "$place"; fi
done
exit 0
