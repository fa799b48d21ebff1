#!/bin/sh
# A real VBoxManage, in a Debian of its own (see real.ts). What needs VirtualBox's kernel module, host-only interfaces, is played, in state/NAME,
# unless REAL is set. Calls are written down.
state='@STATE@'
printf '%s\n' "$*" >>"$state/calls.log"
case "${REAL:-}$1 $2" in
'hostonlyif create')
  : >"$state/vboxnet0"
  echo "Interface 'vboxnet0' was successfully created"
  ;;
'hostonlyif ipconfig')
  [ "$4" = --ip ] && [ "$6" = --netmask ] || exit 2
  printf '%s %s\n' "$5" "$7" >"$state/$3"
  ;;
'hostonlyif remove')
  rm "$state/$3"
  ;;
'list hostonlyifs')
  for file in "$state"/vboxnet*; do
    [ -e "$file" ] || continue
    ip= mask=
    read -r ip mask <"$file" || :
    name=${file##*/}
    printf 'Name:            %s\nIPAddress:       %s\nNetworkMask:     %s\nStatus:          Up\nVBoxNetworkName: HostInterfaceNetworking-%s\n\n' "$name" "$ip" "$mask" "$name"
  done
  ;;
*)
  cd /
  exec nsenter --target '@PID@' --mount --pid --root -- env HOME=/root VBOX_USER_HOME="$state" PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/bin/VBoxManage "$@"
  ;;
esac
