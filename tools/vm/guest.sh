#!/bin/sh
# What a test machine does once systemd has brought it up: connects it, runs the tests it is told on the kernel's
# command line (wharf.tests=…) and powers off.
cd /wharf
ip link set lo up
link=$(ip -o link | awk -F ': ' '/link\/ether/ {print $2; exit}')
ip link set "$link" up
ip address add 10.0.2.15/24 dev "$link"
ip route add default via 10.0.2.2
export HOME=/root PATH="/wharf/node_modules/.bin:$PATH"
# The machine is nobody's: tests may install the engine and drive systemd.
export WHARF_TEST_SYSTEMD=1 WHARF_TEST_PATIENCE=10
tests=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^wharf.tests=//p' | tr , ' ')
uname -r
bun tools/test.ts $tests
busybox poweroff -f
