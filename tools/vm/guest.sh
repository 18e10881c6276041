#!/bin/sh
# The first process of a test machine: brings the machine up, runs the tests it is told on the kernel's command
# line (wharf.tests=…) and powers off.
cd /wharf
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /tmp
mkdir -p /dev/shm /dev/mqueue
mount -t tmpfs tmpfs /dev/shm
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
hostname wharf-vm
ip link set lo up
link=$(ip -o link | awk -F ': ' '/link\/ether/ {print $2; exit}')
ip link set "$link" up
ip address add 10.0.2.15/24 dev "$link"
ip route add default via 10.0.2.2
export HOME=/root PATH="/wharf/node_modules/.bin:$PATH"
tests=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^wharf.tests=//p' | tr , ' ')
uname -r
bun tools/test.ts $tests
busybox poweroff -f
