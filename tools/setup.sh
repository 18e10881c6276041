#!/bin/sh
# Brings a fresh Debian machine to where `npm run build` and the tests work: Debian packages that are missing,
# programs that the tests only run (unpacked under build/deb, nothing is installed or started), npm packages.
# Safe to run again: what is there already is left alone.
set -eu
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo "setup: needs root" >&2; exit 1; }

apt_updated=
apt_update() {
  [ -n "$apt_updated" ] || apt-get update -qq
  apt_updated=yes
}

missing=
for package in ca-certificates gcc libc6-dev linux-libc-dev musl-tools nftables iproute2 procps python3-docker; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  echo "setup: installing$missing"
  apt_update
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# unpack PROGRAM PACKAGE...: the packages' files under build/deb, unless usr/bin/PROGRAM is there.
unpack() {
  program=$1
  shift
  [ -e "build/deb/usr/bin/$program" ] && return
  echo "setup: unpacking $*"
  apt_update
  mkdir -p build/deb/usr/bin build/download
  for package; do
    (cd build/download && apt-get download -qq -o APT::Sandbox::User=root "$package")
    dpkg-deb -x build/download/"$package"_*.deb build/deb
    rm -f build/download/"$package"_*.deb
  done
  # Until Debian 12 some programs are packed below /bin.
  [ -e "build/deb/usr/bin/$program" ] || mv "build/deb/bin/$program" build/deb/usr/bin/
}
unpack busybox busybox-static
unpack docker-registry docker-registry
unpack zsh zsh
unpack fish fish libpcre2-32-0
for program in skopeo podman; do
  [ -e "build/deb/usr/bin/$program" ] && continue
  apt_update
  # shellcheck disable=SC2046
  unpack "$program" "$program" $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances "$program" | grep -E '^(conmon|lib(gpgme|assuan|devmapper|subid)[0-9a-z.-]*)$')
done

# unpack_whole NAME FILE PACKAGE...: the packages under build/NAME, with those of their libraries that this machine
# does not have, unless build/NAME/FILE is there.
unpack_whole() {
  name=$1
  file=$2
  shift 2
  [ -e "build/$name/$file" ] && return
  echo "setup: unpacking $*"
  apt_update
  mkdir -p "build/$name" "build/download/$name/partial"
  apt-get install -y -qq --download-only --reinstall --no-install-recommends -o APT::Sandbox::User=root \
    -o Dir::Cache::archives="$PWD/build/download/$name" "$@" >/dev/null
  for deb in "build/download/$name"/*.deb; do dpkg-deb -x "$deb" "build/$name"; done
  rm -rf "build/download/$name"
}
# The browser for tests of web pages, and a database to run in a container.
unpack_whole chromium usr/lib/chromium/chromium chromium chromium-common
unpack_whole mariadb usr/sbin/mariadbd mariadb-server-core mariadb-client-core
# A load balancer to run before containers.
unpack_whole haproxy usr/sbin/haproxy haproxy

# The stock client and its plugins are newer in Debian sid than in the stable release.
if [ ! -e build/deb/usr/bin/docker ]; then
  echo "setup: unpacking docker-cli, docker-compose and docker-buildx of Debian sid"
  mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
    awk '/^URIs:/ {print $2; exit} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) {print $i; exit}}')
  mkdir -p build/sid/lists/partial build/sid/cache/archives/partial build/download
  echo "deb $mirror sid main" >build/sid/sources.list
  sid="-o Dir::Etc::sourcelist=$PWD/build/sid/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$PWD/build/sid/lists
    -o Dir::Cache=$PWD/build/sid/cache -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root"
  # shellcheck disable=SC2086
  apt-get $sid update -qq
  # shellcheck disable=SC2086
  (cd build/download && apt-get $sid download -qq docker-cli docker-compose docker-buildx)
  for deb in build/download/docker-*.deb; do dpkg-deb -x "$deb" build/deb; done
  rm -rf build/download/docker-*.deb build/sid
fi

# Not `npm ci`: it insists on optional packages of other platforms that a registry need not have.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "setup: installing npm packages"
  npm install --no-save --no-fund --no-audit --loglevel=error
  touch node_modules/.package-lock.json
fi
