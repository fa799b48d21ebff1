# Puts certificates and engine settings in place and restarts the engine if anything changed; puts everything back if it does not start.
# CA CERT KEY CA_FILE CERT_FILE KEY_FILE   certificates and their paths
# SETTINGS SETTINGS_FILE                   daemon.json; left alone when SETTINGS is empty
# OVERRIDE OVERRIDE_FILE                   drop-in, conf.d file or profile; left alone when OVERRIDE is empty
# VALIDATE                                 dockerd that can validate daemon.json, or empty
# INIT                                     systemd, openrc or boot2docker
# SOCKET                                   the engine's own socket, or empty when it has none
# START_TIMEOUT                            seconds that the engine may take to start
# OWNER OWNER_FILE                         whose the engine is, for other stores to read; left alone when OWNER is empty
# RESTART                                  yes: the engine's program was replaced, so restart it even if no file changed
# Prints "key|text" lines. Exit status 0 done, 30 settings refused, 31 engine not started, 32 disk full, 33 a file cannot be written.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
umask 077
# A lost connection must not stop this script half-way: it must end with the new settings or with the old ones.
trap '' HUP PIPE

fact() { printf '%s|%s\n' "$1" "$2"; }
text() { sed "s|^|$1\\||"; echo; }
has() { command -v "$1" >/dev/null 2>&1; }
bounded() {
  limit=$1; shift
  if timeout "$limit" true 2>/dev/null; then timeout "$limit" "$@"; else "$@"; fi
}

backup=
changed=

# Saves the file $1, or the fact that there is none, so that it can be put back.
remember() {
  if [ -z "$backup" ]; then
    backup="${CA_FILE%/*}/.tsmachine.$$"
    said=$(mkdir "$backup" 2>&1) || stop_unwritable "$backup" "$said"
  fi
  count=$((${count:-0} + 1))
  said=$({ printf '%s\n' "$1" >"$backup/$count.path"; } 2>&1) || stop_unwritable "$backup" "$said"
  if [ -e "$1" ]; then said=$(cp -p "$1" "$backup/$count.old" 2>&1) || stop_unwritable "$1" "$said"; fi
}

put_back() {
  [ -n "$backup" ] || return 0
  while [ "${count:-0}" -gt 0 ]; do
    path=$(cat "$backup/$count.path")
    if [ -e "$backup/$count.old" ]; then cp -p "$backup/$count.old" "$path.tsmachine-new" && mv -f "$path.tsmachine-new" "$path"
    else rm -f "$path"; fi
    count=$((count - 1))
  done
}

forget() { if [ -n "$backup" ]; then rm -rf "$backup"; backup=; fi; }

# $2: what the program said that could not write the file $1.
stop_unwritable() {
  free=$(df -Pk "${1%/*}" 2>/dev/null | sed -n '2p' | sed 's/  */ /g' | cut -d ' ' -f 4)
  fact unwritable "$1"
  printf '%s\n' "${2:-}" | text why
  put_back; forget
  if [ -n "$free" ] && [ "$free" -lt 200 ]; then exit 32; fi
  exit 33
}

same() { [ -f "$1" ] && [ "$(cat "$1"; echo .)" = "$2." ]; }

# Writes $2 to the file $1 with mode $3. Uses builtins only, so that no text appears in an argument list.
write() {
  file=$1
  if [ -L "$file" ]; then file=$(readlink -f "$1"); fi
  said=$(umask 022; mkdir -p "${file%/*}" 2>&1) || stop_unwritable "$file" "$said"
  remember "$file"
  said=$({ printf '%s' "$2" >"$file.tsmachine-new" && chmod "$3" "$file.tsmachine-new" && mv -f "$file.tsmachine-new" "$file"; } 2>&1) || {
    rm -f "$file.tsmachine-new"
    stop_unwritable "$file" "$said"
  }
}

# As write, unless it is the content already; the engine has to read the new one.
put() {
  if same "$1" "$2"; then return 0; fi
  write "$@"
  changed=yes
  fact changed "$1"
}

running() {
  case $INIT in
    systemd) [ "$(systemctl is-active docker.service 2>/dev/null)" = active ] ;;
    openrc) rc-service docker status >/dev/null 2>&1 ;;
    *) /etc/init.d/docker status >/dev/null 2>&1 ;;
  esac
}

restart() {
  case $INIT in
    systemd)
      systemctl reset-failed docker.service docker.socket 2>/dev/null
      bounded "$START_TIMEOUT" systemctl restart docker.service ;;
    openrc) rc-service docker restart ;;
    *) /etc/init.d/docker restart ;;
  esac
}

reload() { if [ "$INIT" = systemd ]; then systemctl daemon-reload; fi; }

enable_at_boot() {
  case $INIT in
    systemd) systemctl is-enabled -q docker.service 2>/dev/null || systemctl enable -q docker.service 2>/dev/null || fact enabled no ;;
    openrc) rc-update show default 2>/dev/null | grep -q '^ *docker ' || rc-update add docker default >/dev/null 2>&1 || fact enabled no ;;
  esac
}

# Sends one request to the engine over its own socket.
ask() {
  if [ -z "$SOCKET" ]; then running
  elif has docker; then bounded 10 docker -H "unix://$SOCKET" version --format '{{.Server.Version}}' 2>/dev/null
  elif has curl; then curl -fsS --max-time 10 --unix-socket "$SOCKET" http://localhost/version 2>/dev/null | sed -n 's/.*"Version":"\([^"]*\)","ApiVersion.*/\1/p'
  else running && [ -S "$SOCKET" ]; fi
}

answers() {
  waited=0
  while :; do
    if answer=$(ask); then return 0; fi
    if [ "$INIT" = systemd ] && [ "$(systemctl is-failed docker.service 2>/dev/null)" = failed ]; then return 1; fi
    [ "$waited" -lt $((START_TIMEOUT * 4)) ] || return 1
    sleep 0.25 2>/dev/null || { sleep 1; waited=$((waited + 3)); }
    waited=$((waited + 1))
  done
}

log() {
  if has journalctl && [ "$INIT" = systemd ]; then journalctl -u docker.service -u docker.socket --no-pager -o cat -n 60 2>/dev/null | text log
  else tail -n 60 /var/log/docker.log 2>/dev/null | text log; fi
}

undo() {
  put_back; forget; reload
  fact undone yes
}

validate() {
  [ -n "$VALIDATE" ] && [ -n "$SETTINGS" ] || return 0
  candidate="$SETTINGS_FILE.tsmachine-check"
  said=$(umask 022; { mkdir -p "${candidate%/*}" && printf '%s' "$SETTINGS" >"$candidate"; } 2>&1) || {
    rm -f "$candidate"
    stop_unwritable "$candidate" "$said"
  }
  verdict=$(bounded 20 "$VALIDATE" --validate --config-file "$candidate" 2>&1) && status=0 || status=$?
  rm -f "$candidate"
  [ "$status" -eq 0 ] && return 0
  printf '%s\n' "$verdict" | text log
  if [ -n "$changed" ]; then undo; else fact undone yes; fi
  running && fact running yes
  exit 30
}

main() {
  was_running=; if running; then was_running=yes; fi
  put "$CA_FILE" "$CA" 644
  put "$CERT_FILE" "$CERT" 644
  put "$KEY_FILE" "$KEY" 600
  validate
  [ -z "$SETTINGS" ] || put "$SETTINGS_FILE" "$SETTINGS" 644
  [ -z "$OVERRIDE" ] || put "$OVERRIDE_FILE" "$OVERRIDE" 644
  if [ -n "$OWNER" ] && ! same "$OWNER_FILE" "$OWNER"; then write "$OWNER_FILE" "$OWNER" 644; fi
  if [ -n "$changed" ]; then
    if has restorecon; then restorecon -R "${CA_FILE%/*}" 2>/dev/null; fi
    reload
  fi
  enable_at_boot
  if [ -z "$changed" ] && [ -z "$RESTART" ] && [ -n "$was_running" ]; then forget; ask | text engine; return 0; fi
  fact restarted yes
  # a file, not a pipe: a daemon that inherits a pipe would keep it open
  words=$(mktemp) || words=
  if restart >"${words:-/dev/null}" 2>&1 && answers; then
    [ -z "$words" ] || rm -f "$words"
    forget
    fact engine "$answer"
    return 0
  fi
  log
  if [ -n "$words" ]; then text restart <"$words"; rm -f "$words"; fi
  undo
  if [ -n "$was_running" ]; then restart >/dev/null 2>&1; answers && fact running yes
  elif [ "$INIT" = systemd ]; then systemctl reset-failed docker.service docker.socket 2>/dev/null; fi
  exit 31
}

main </dev/null
