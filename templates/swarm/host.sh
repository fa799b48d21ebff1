# Prints the facts about this host that matter to a swarm as "key|text" lines. Changes nothing.
export LC_ALL=C

fact() { printf '%s|%s\n' "$1" "$2"; }

text() { sed "s|^|$1\\||"; echo; }

# Whether the kernel has a module: built in, loaded or loadable. Containers have no module files, so the kernel's configuration is read.
module() {
  release=$(uname -r)
  if [ -d "/sys/module/$1" ] || grep -qs "/$1\\.ko" "/lib/modules/$release/modules.builtin"; then echo yes
  elif [ -r "/lib/modules/$release/modules.dep" ]; then
    if grep -q "/$1\\.ko" "/lib/modules/$release/modules.dep"; then echo yes; else echo no; fi
  else configured "$2" "$release"; fi
}

# A feature that is configured as a module may not be installed: then nothing is known.
configured() {
  for file in /proc/config.gz "/boot/config-$2"; do
    [ -r "$file" ] || continue
    case $(zcat -f "$file" 2>/dev/null | grep -E "^(# )?$1[ =]") in
      "$1=y") echo yes; return ;;
      "$1=m") echo unknown; return ;;
      "# $1 is not set") echo no; return ;;
    esac
  done
  echo unknown
}

fact hostname "$(cat /proc/sys/kernel/hostname 2>/dev/null || uname -n)"
fact machine-id "$(cat /etc/machine-id 2>/dev/null)"
fact clock "$(date +%s)"
fact vxlan "$(module vxlan CONFIG_VXLAN)"
fact ip-vs "$(module ip_vs CONFIG_IP_VS)"
ip -o addr show scope global 2>/dev/null | text address
ip -o link show 2>/dev/null | text link
ip -o -4 route show table all 2>/dev/null | text route
[ -r /etc/docker/daemon.json ] && text daemon </etc/docker/daemon.json
fact end yes
