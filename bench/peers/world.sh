#!/bin/sh
# First process of the peers' world, started in mount and network namespaces of its own: makes the Debian root
# $1 its root, with the peers' folder $2 at its own path, then sleeps so that the namespaces can be entered.
# Nothing it mounts is seen outside, and all of it goes when the last process in it ends.
set -eu
root=$1
peers=$2

mkdir -p "$root$peers" "$root/.old"
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
# crun refuses a cgroup2 mount beside version 1.
[ ! -d "$root/sys/fs/cgroup/unified" ] || umount "$root/sys/fs/cgroup/unified"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount --bind "$peers" "$root$peers"
mkdir -p "$root/run/lock"

# A chroot is not enough: an exec of the engines would land outside of it.
cd "$root"
pivot_root . .old
umount -l /.old

ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
echo ready
exec sleep infinity
