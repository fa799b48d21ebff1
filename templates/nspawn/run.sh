#!/bin/sh
# Keeps one machine running on a computer without systemd: puts it into its control groups, and boots it again when it reboots
# (systemd-nspawn --keep-unit then ends with 133).
#   run.sh TRACK [GROUP...] -- COMMAND [ARGUMENT...]
# TRACK: the group that holds the machine's processes. Every boot gets its own group below it, because cgroup v2 allows no
# processes in a group that has passed on its controllers.
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
  # If systemd-nspawn was killed, the machine's processes are still there.
  while pids=$(find "$track/boot" -name cgroup.procs -exec cat {} +) && [ -n "$pids" ]; do
    for pid in $pids; do kill -KILL "$pid" 2>/dev/null || :; done
    sleep 0.1
  done
  if [ "$status" -ne 133 ]; then exit "$status"; fi
done
