#!/bin/sh
# debian-image.sh FOLDER MIRROR: makes FOLDER/disk.raw, a disk as Debian's official `generic` cloud image is one, as far as a first boot can tell:
# GPT with the root as its first and last partition, GRUB for a BIOS, a console on the first serial port, cloud-init that searches every source,
# netplan for any adapter, no host key, no identity. The caller gives it mounts of its own, which take the loop device with them when they go.
set -eu
folder=$1 mirror=$2
disk=$folder/disk.raw
root=$folder/root

truncate --size 3G "$disk"
sfdisk --quiet "$disk" <<PARTITIONS
label: gpt
14: start=2048, size=6144, type=21686148-6449-6E6F-744E-656564454649
1: start=8192, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid=$(cat /proc/sys/kernel/random/uuid)
PARTITIONS
sectors=$(sfdisk --dump "$disk" | sed -n 's/.*start= *8192, size= *\([0-9]*\),.*/\1/p')
device=$(losetup --find --show --offset $((8192 * 512)) --sizelimit $((sectors * 512)) "$disk")
trap 'losetup --detach "$device"' EXIT
mkfs.ext4 -q "$device"
mkdir -p "$root"
mount "$device" "$root"

debootstrap --variant=minbase --include=systemd-sysv,init,systemd-resolved,systemd-timesyncd,udev,dbus,libpam-systemd,libnss-resolve,libnss-myhostname,polkitd,\
iproute2,iptables,iputils-ping,netbase,netplan.io,linux-image-amd64,initramfs-tools,zstd,kmod,apparmor,linux-sysctl-defaults,grub-pc,grub-common,\
cloud-init,cloud-guest-utils,openssh-server,sudo,ca-certificates,apt-utils,less,unattended-upgrades trixie "$root" "$mirror"

rm -f "$root/etc/apt/sources.list"
mkdir -p "$root/etc/apt/mirrors"
echo "$mirror" >"$root/etc/apt/mirrors/debian.list"
cat >"$root/etc/apt/sources.list.d/debian.sources" <<'SOURCES'
Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
cat >"$root/etc/cloud/cloud.cfg.d/01_debian_cloud.cfg" <<CLOUD
apt:
  generate_mirrorlists: true
system_info:
  default_user:
    name: debian
    sudo: ALL=(ALL) NOPASSWD:ALL
    shell: /bin/bash
    lock_passwd: True
    gecos: Debian
    groups: [adm, audio, cdrom, dialout, dip, floppy, plugdev, sudo, video]
  package_mirrors:
    - arches: [default]
      failsafe: {primary: '$mirror', security: '$mirror'}
CLOUD
cat >"$root/etc/netplan/90-default.yaml" <<'NETPLAN'
network:
    version: 2
    ethernets:
        all-en:
            match:
                name: en*
            dhcp4: true
            dhcp4-overrides:
                use-domains: true
            dhcp6: true
            dhcp6-overrides:
                use-domains: true
        all-eth:
            match:
                name: eth*
            dhcp4: true
            dhcp4-overrides:
                use-domains: true
            dhcp6: true
            dhcp6-overrides:
                use-domains: true
NETPLAN
chmod 600 "$root/etc/netplan/90-default.yaml"
part=PARTUUID=$(sfdisk --part-uuid "$disk" 1 | tr 'A-F' 'a-f')
echo "$part / ext4 rw,discard,errors=remount-ro,x-systemd.growfs 0 1" >"$root/etc/fstab"

for name in dev proc sys; do mount --rbind "/$name" "$root/$name"; done
# update-grub leaves loop devices out, and grub-install wants the kernel to know the partitions of one, which not every kernel does.
kernel=$(basename "$root"/boot/vmlinuz-*)
cat >"$root/boot/grub/grub.cfg" <<GRUB
serial --speed=115200
terminal_input console serial
terminal_output console serial
search --no-floppy --set=root --fs-uuid $(blkid -o value -s UUID "$device")
linux /boot/$kernel root=$part ro console=tty0 console=ttyS0,115200 earlyprintk=ttyS0,115200 consoleblank=0
initrd /boot/initrd.img-${kernel#vmlinuz-}
boot
GRUB
# The boot sector (its field at 92) names the sector where GRUB's core begins, the core's own first one (at 500) where that goes on.
cp -r "$root/usr/lib/grub/i386-pc" "$root/boot/grub/"
chroot "$root" grub-mkimage --format=i386-pc --output=/boot/grub/i386-pc/core.img --prefix='(hd0,gpt1)/boot/grub' biosdisk part_gpt ext2 search_fs_uuid linux serial terminal normal configfile boot
put() { dd of="$disk" bs=1 conv=notrunc status=none "$@"; }
put if="$root/usr/lib/grub/i386-pc/boot.img" count=440
printf '\000\010\000\000\000\000\000\000' | put seek=92
dd if="$root/boot/grub/i386-pc/core.img" of="$disk" bs=512 seek=2048 conv=notrunc status=none
printf '\001\010\000\000\000\000\000\000' | put seek=$((2048 * 512 + 500))
chroot "$root" systemctl enable systemd-networkd systemd-resolved
chroot "$root" apt-get clean
for name in dev proc sys; do umount --recursive --lazy "$root/$name"; done

rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id" "$root/etc/mailname" "$root"/var/lib/apt/lists/*Packages* "$root"/var/log/*.log
: >"$root/etc/machine-id"
: >"$root/etc/hostname"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
fstrim "$root"
umount "$root"
