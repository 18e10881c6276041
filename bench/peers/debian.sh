#!/bin/sh
# Makes $1, a root of Debian sid with the engines that Wharf is measured against. Nothing in it is started.
# Safe to run again: a root that is complete is left alone.
set -eu
root=$1
packages="docker.io docker-cli containerd runc crun podman conmon netavark aardvark-dns docker-registry
  iptables nftables iproute2 procps ca-certificates python3"

command -v debootstrap >/dev/null || {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq debootstrap >/dev/null
}
if [ ! -e "$root/usr/bin/dpkg" ]; then
  mirror=$(awk '/^URIs:/ {print $2; exit} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) {print $i; exit}}' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -n 1)
  echo "peers: Debian sid into $root"
  debootstrap --variant=minbase sid "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; exit 1; }
fi

# shellcheck disable=SC2086
complete() {
  [ "$(chroot "$root" dpkg-query -W -f '${Status}\n' $packages 2>/dev/null | grep -c '^install ok installed$')" \
    = "$(echo $packages | wc -w)" ]
}
complete && exit 0

# Package scripts would start services: the policy forbids it. They expect /proc.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99valid"
echo "peers: installing the engines in $root"
# shellcheck disable=SC2016
unshare --mount --propagation private sh -eu -c '
  mount -t proc proc "$1/proc"
  export DEBIAN_FRONTEND=noninteractive
  chroot "$1" dpkg --configure -a
  chroot "$1" apt-get update -qq
  chroot "$1" apt-get install -y -qq --no-install-recommends $2
' sh "$root" "$(echo $packages)" >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; exit 1; }
complete || { echo "peers: $root is not complete, see $root.log" >&2; exit 1; }
