# Replaces the SSH server's ed25519 host key by PRIVATE and PUBLIC, and lets the server read it. Open connections stay open.
# Exit status 0 done, 40 not possible.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C
umask 077

key=/etc/ssh/ssh_host_ed25519_key

# sshd -t would accept a key file that it cannot read, so the key itself is checked before it is put in place.
install_key() {
  printf '%s\n' "$PRIVATE" >"$key.new" && printf '%s\n' "$PUBLIC" >"$key.new.pub" && chmod 644 "$key.new.pub" || return 1
  made=$(ssh-keygen -y -P '' -f "$key.new") || return 1
  case "$PUBLIC" in
    "${made%% *} $(printf '%s' "${made#* }" | cut -d ' ' -f 1)"*) ;;
    *) echo 'the two halves of the new key do not belong together' >&2; return 1 ;;
  esac
  mv -f "$key.new.pub" "$key.pub" && mv -f "$key.new" "$key" || return 1
  if command -v restorecon >/dev/null 2>&1; then restorecon "$key" "$key.pub" || return 1; fi
}

# Where systemd starts a server for every connection, or none has started yet, there is nothing to reload.
reload_server() {
  if [ -d /run/systemd/system ]; then
    for unit in ssh.service sshd.service; do
      if systemctl is-active --quiet "$unit"; then systemctl reload-or-restart "$unit"; return; fi
    done
    return 0
  fi
  if command -v rc-service >/dev/null 2>&1; then rc-service sshd reload; return; fi
  for file in /run/sshd.pid /var/run/sshd.pid; do
    if [ -s "$file" ]; then kill -HUP "$(cat "$file")"; return; fi
  done
  echo 'the SSH server is not found' >&2
  return 1
}

main() {
  if ! install_key; then rm -f "$key.new" "$key.new.pub"; exit 40; fi
  reload_server || exit 40
}

main </dev/null
