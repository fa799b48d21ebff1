# Prints everything that provisioning needs to know as "key|text" lines, one for each line of a text. Changes nothing.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH LC_ALL=C

fact() { printf '%s|%s\n' "$1" "$2"; }

# Prints every line of standard input under a key; the last line may lack its newline.
text() { sed "s|^|$1\\||"; echo; }

has() { command -v "$1" >/dev/null 2>&1; }

# An engine that hangs must not block the detection.
bounded() {
  if timeout 10 true 2>/dev/null; then timeout 10 "$@"; else "$@"; fi
}

system() {
  if [ -r /etc/os-release ]; then text os </etc/os-release
  elif [ -r /usr/lib/os-release ]; then text os </usr/lib/os-release; fi
  fact arch "$(uname -m)"
  fact hostname "$(cat /proc/sys/kernel/hostname 2>/dev/null || uname -n)"
  fact clock "$(date +%s)"
  grep -E '^(127\.|::1)' /etc/hosts 2>/dev/null | text hosts
  if has ip; then ip -o addr show scope global 2>/dev/null | text address
  else fact plain-addresses "$(hostname -I 2>/dev/null)"; fi
  fact free-var "$(df -Pk /var/lib 2>/dev/null | sed -n '2p' | sed 's/  */ /g' | cut -d ' ' -f 4)"
  fact free-etc "$(df -Pk /etc 2>/dev/null | sed -n '2p' | sed 's/  */ /g' | cut -d ' ' -f 4)"
}

init() {
  if [ -d /run/systemd/system ]; then fact init systemd
  elif [ -d /run/openrc ] || [ -x /sbin/openrc-run ]; then fact init openrc
  elif [ -x /etc/init.d/docker ]; then fact init sysv
  else fact init none; fi
}

cloud_init() {
  has cloud-init || [ -d /run/cloud-init ] || return 0
  if [ -e /run/cloud-init/enabled ] && [ ! -e /run/cloud-init/result.json ] && [ ! -e /etc/cloud/cloud-init.disabled ]; then
    fact cloud-init running
  else fact cloud-init finished; fi
}

find_engine() {
  for candidate in "$(command -v dockerd 2>/dev/null)" /usr/bin/dockerd /usr/sbin/dockerd /usr/local/bin/dockerd /opt/bin/dockerd; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then printf '%s' "$candidate"; return; fi
  done
}

engine() {
  [ -e /snap/bin/docker ] && fact snap yes
  dockerd=$(find_engine)
  if [ -n "$dockerd" ]; then
    fact engine "$dockerd"
    fact engine-version "$(bounded "$dockerd" --version 2>/dev/null)"
  fi
  if has dpkg-query; then
    dpkg-query -W -f '${Package} ${Status}\n' docker-ce docker.io containerd containerd.io 2>/dev/null | text dpkg
  fi
}

# The environment files and the settings file that the unit names.
unit() {
  unit_text=$(systemctl cat docker.service 2>/dev/null) || unit_text=
  printf '%s\n' "$unit_text" | text unit
  printf '%s\n' "$unit_text" | sed -n 's/^EnvironmentFile=-\{0,1\}\(\/.*\)$/\1/p' | sort -u | while IFS= read -r file; do
    [ -r "$file" ] && text env-file <"$file"
  done
  printf '%s\n' "$unit_text" | sed -n 's/^ExecStart=[-@:+!]*\(\/[^ ]*\).*/\1/p' | sort -u | while IFS= read -r file; do
    [ -x "$file" ] || fact no-program "$file"
  done
  systemctl show docker.service docker.socket firewalld.service -p Id -p ActiveState -p UnitFileState -p LoadState 2>/dev/null | text state
  config=$(printf '%s\n' "$unit_text" | sed -n 's/.*--config-file[= ]\{1,\}"\{0,1\}\([^" ]*\).*/\1/p' | tail -n 1)
}

service() {
  config=
  if [ -d /run/systemd/system ]; then unit
  elif [ -r /etc/init.d/docker ]; then
    [ -r /etc/conf.d/docker ] && text conf-d </etc/conf.d/docker
    if /etc/init.d/docker status >/dev/null 2>&1; then fact service-active yes; fi
    if has rc-update && rc-update show default 2>/dev/null | grep -q '^ *docker '; then fact service-enabled yes; fi
  fi
  config=${config:-/etc/docker/daemon.json}
  fact config-file "$config"
  if [ -e "$config" ]; then fact config-exists yes; text config <"$config"; fi
  for file in /etc/docker/tsmachine-owner.json /var/lib/boot2docker/tsmachine-owner.json; do
    [ -r "$file" ] && head -c 4096 "$file" | text owner
  done
  [ -r /var/lib/boot2docker/profile ] && text profile </var/lib/boot2docker/profile
  for file in /etc/docker/ca.pem /etc/docker/server.pem /etc/docker/server-key.pem \
    /var/lib/boot2docker/ca.pem /var/lib/boot2docker/server.pem /var/lib/boot2docker/server-key.pem; do
    [ -r "$file" ] && fact sum "$(sha256sum "$file")"
  done
}

# Only a running engine is asked: the request would start one that waits behind its socket (docker.socket).
running() {
  if [ -d /run/systemd/system ]; then [ "$(systemctl is-active docker.service 2>/dev/null)" = active ] || return 0
  else [ -S /var/run/docker.sock ] || return 0; fi
  if has docker; then
    unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY
    info=$(bounded docker info --format '{{.ServerVersion}}|{{.ContainersRunning}}|{{.LiveRestoreEnabled}}|{{.Driver}}|{{.DockerRootDir}}' 2>/dev/null)
    printf '%s\n' "$info" | text info
  fi
  fact shims "$(cat /proc/[0-9]*/comm 2>/dev/null | grep -c '^containerd-shim')"
}

# Who listens where: a port that is taken is named before anything is changed.
listeners() {
  if has ss; then ss -H -ltnp 2>/dev/null
  elif has netstat; then netstat -ltnp 2>/dev/null; fi | head -n 1000 | text listen
}

# Where the engine keeps images and containers: a running one says it; of another, its command line or its settings file.
storage() {
  root=$(printf '%s\n' "$info" | cut -s -d '|' -f 5)
  [ -n "$root" ] || root=$(printf '%s\n' "$unit_text" | sed -n 's/^ExecStart=.*--data-root[= ]\{1,\}"\{0,1\}\([^" ]*\).*/\1/p' | tail -n 1)
  [ -n "$root" ] || root=$(sed -n 's/.*"data-root"[^"]*"\([^"]*\)".*/\1/p' "$config" 2>/dev/null | head -n 1)
  root=${root:-/var/lib/docker}
  fact storage "$root"
  [ -d "$root" ] && fact free-docker "$(df -Pk "$root" 2>/dev/null | sed -n '2p' | sed 's/  */ /g' | cut -d ' ' -f 4)"
}

guards() {
  fact selinux "$(cat /sys/fs/selinux/enforce 2>/dev/null)"
  grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && fact firewall ufw
  return 0
}

main() {
  info= unit_text=
  fact version 1
  system; init; cloud_init; engine; service; running; storage; listeners; guards
  fact end yes
}

main </dev/null
