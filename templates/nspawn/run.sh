#!/bin/sh
# Keeps one machine running where no systemd does: puts it into its control groups and boots it again when it reboots
# (systemd-nspawn --keep-unit then ends with 133).
#   run.sh TRACK [GROUP...] -- COMMAND [ARGUMENT...]
# TRACK: the group whose processes are the machine's. Every boot gets a group of its own below it, because cgroup v2 refuses
# processes in a group that has handed its controllers on.
set -eu
track=$1
shift
echo $$ >"$track/keeper/cgroup.procs"
while [ "$1" != -- ]; do
  echo $$ >"$1/cgroup.procs"
  shift
done
shift
while :; do
  if [ -d "$track/boot" ]; then find "$track/boot" -depth -type d -exec rmdir {} \;; fi
  mkdir "$track/boot"
  status=0
  sh -c 'echo $$ >"$0/boot/cgroup.procs" && exec "$@"' "$track" "$@" || status=$?
  # systemd-nspawn that was killed leaves the machine's processes behind.
  while pids=$(find "$track/boot" -name cgroup.procs -exec cat {} +) && [ -n "$pids" ]; do
    for pid in $pids; do kill -KILL "$pid" 2>/dev/null || :; done
    sleep 0.1
  done
  if [ "$status" -ne 133 ]; then exit "$status"; fi
done
