# Sets the host name to NAME, now and at every boot (FILE), and makes /etc/hosts resolve it. Changes nothing else.
# Exit status 0 done, 40 not possible.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C
umask 022

rename() {
  [ "$(cat /proc/sys/kernel/hostname 2>/dev/null || uname -n)" = "$NAME" ] && return 0
  if command -v hostname >/dev/null 2>&1; then hostname "$NAME"
  elif [ -w /proc/sys/kernel/hostname ]; then printf '%s' "$NAME" >/proc/sys/kernel/hostname
  else hostnamectl set-hostname "$NAME"; fi
}

remember() {
  [ "$(cat "$FILE" 2>/dev/null)" = "$NAME" ] && return 0
  mkdir -p "${FILE%/*}" && printf '%s\n' "$NAME" >"$FILE"
}

# Whether the name is a word of a line that is not a comment.
listed() {
  while read -r _ names; do
    for name in ${names%%#*}; do [ "$name" = "$NAME" ] && return 0; done
  done </etc/hosts
  return 1
}

# In containers the file may be a mount, so its content is replaced rather than the file.
resolve() {
  [ -e /etc/hosts ] || : >/etc/hosts
  listed && return 0
  if grep -q '^127\.0\.1\.1[[:blank:]]' /etc/hosts; then
    hosts=$(sed "s/^127\.0\.1\.1[[:blank:]].*/127.0.1.1 $NAME/" /etc/hosts) && printf '%s\n' "$hosts" >/etc/hosts
  else
    [ -z "$(tail -c 1 /etc/hosts)" ] || echo >>/etc/hosts
    printf '127.0.1.1 %s\n' "$NAME" >>/etc/hosts
  fi
}

main() { rename && remember && resolve || exit 40; }

main </dev/null
