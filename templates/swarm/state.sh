# Saves, restores or describes an engine's swarm state. Saving it and putting it in its place stop the engine meanwhile.
# ROOT     the folder of the engine's storage, as the engine itself says it
# DO       describe; save; unpack a state beside the engine's own, then place or discard it
# OWNER    the login that fetches the saved state
# ARCHIVE  the state to unpack; it is removed afterwards
# Prints "key|text" lines. Exit status 40 no state there, 41 not stopped, 42 not started, 43 the state could not be saved or placed.
export LC_ALL=C
umask 077
# A lost connection must not leave the engine stopped.
trap '' HUP PIPE

fact() { printf '%s|%s\n' "$1" "$2"; }
state="${ROOT:-/var/lib/docker}/swarm"
new="$state.tsmachine-new"

stop_engine() {
  if [ -d /run/systemd/system ]; then
    # a client that connects to the socket would start it again
    systemctl stop docker.socket docker.service 2>/dev/null || systemctl stop docker.service
  elif command -v rc-service >/dev/null 2>&1; then rc-service docker stop
  else /etc/init.d/docker stop; fi
}

start_engine() {
  if [ -d /run/systemd/system ]; then
    systemctl reset-failed docker.service 2>/dev/null
    if systemctl is-enabled -q docker.socket 2>/dev/null; then systemctl start docker.socket; fi
    systemctl start docker.service
  elif command -v rc-service >/dev/null 2>&1; then rc-service docker start
  else /etc/init.d/docker start; fi
}

started=yes
start_again() {
  status=$?
  if [ -z "$started" ]; then
    started=yes
    start_engine >&2 || status=42
  fi
  exit "$status"
}
trap start_again EXIT
trap 'exit 43' INT TERM

halt() {
  started=
  stop_engine >&2 || { echo 'the engine does not stop' >&2; exit 41; }
}

case $DO in
  describe)
    [ -s "$state/docker-state.json" ] || exit 40
    fact config "$(tr -d '\n' <"$state/docker-state.json")"
    if grep -q ENCRYPTED "$state/certificates/swarm-node.key" 2>/dev/null; then fact autolock yes; fi
    wal=$(ls "$state"/raft/wal-v3-encrypted/*.wal 2>/dev/null | sort | tail -n 1)
    if [ -n "$wal" ]; then
      fact wal "${wal##*/}"
      fact used "$(tr -d '\000' <"$wal" | wc -c)"
      fact changed "$(stat -c %Y "$wal" 2>/dev/null)"
    fi
    ;;
  save)
    [ -d "$state/raft" ] || exit 40
    folder=$(mktemp -d "${TMPDIR:-/var/tmp}/tsmachine-swarm.XXXXXX") || exit 43
    halt
    # compressed, because preallocated logs are mostly empty
    tar -C "$state" -czf "$folder/swarm.tar.gz" . || { rm -rf "$folder"; exit 43; }
    chown -R "$OWNER" "$folder" || { rm -rf "$folder"; exit 43; }
    fact folder "$folder"
    fact size "$(wc -c <"$folder/swarm.tar.gz")"
    ;;
  unpack)
    [ -d "${state%/*}" ] || { rm -f "$ARCHIVE"; echo "there is no folder ${state%/*}" >&2; exit 43; }
    rm -rf "$new" && mkdir -p "$new" && tar -C "$new" -xzf "$ARCHIVE" || { rm -rf "$new" "$ARCHIVE"; exit 43; }
    rm -f "$ARCHIVE"
    [ -s "$new/docker-state.json" ] || { rm -rf "$new"; exit 40; }
    chown -R 0:0 "$new"; chmod 700 "$new"
    ;;
  discard) rm -rf "$new" ;;
  place)
    [ -s "$new/docker-state.json" ] || exit 40
    halt
    rm -rf "$state.tsmachine-old"
    if [ -e "$state" ]; then mv "$state" "$state.tsmachine-old" || exit 43; fi
    mv "$new" "$state" || { mv "$state.tsmachine-old" "$state"; exit 43; }
    rm -rf "$state.tsmachine-old"
    ;;
esac
exit 0
