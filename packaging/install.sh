#!/bin/sh
# Installs the programs that `npm run build` made, and what starts them at boot. Root; DESTDIR for packagers.
# What is running goes on: programs are replaced by rename, and a restart of the daemon leaves containers alone.
set -eu
cd "$(dirname "$0")/.."
root=${DESTDIR:-}

# put MODE FILE TARGET: copies, and replaces what was there in one step.
put() {
	mkdir -p "$(dirname "$root$3")"
	cp "$2" "$root$3.new"
	chmod "$1" "$root$3.new"
	mv "$root$3.new" "$root$3"
}

for program in wharf wharf-client wharfd wharf-registry wharf-resolver wharf-runtime wharf-core; do put 755 "bin/$program" "/usr/lib/wharf/$program"; done
put 644 bin/wharf.node /usr/lib/wharf/wharf.node
for file in index.html style.css app.js; do put 644 "bin/registry-page/$file" "/usr/lib/wharf/registry-page/$file"; done
mkdir -p "$root/usr/bin" "$root/etc/wharf"
for program in wharf wharfd wharf-registry wharf-runtime; do ln -sfn "../lib/wharf/$program" "$root/usr/bin/$program"; done
put 644 packaging/wharf.service /lib/systemd/system/wharf.service
put 644 packaging/wharf.socket /lib/systemd/system/wharf.socket
put 644 packaging/wharf-registry.service /lib/systemd/system/wharf-registry.service
put 755 packaging/wharf.init /etc/init.d/wharf
put 644 packaging/wharf.logrotate /etc/logrotate.d/wharf
put 644 docs/daemon.md /usr/share/doc/wharf/daemon.md
put 644 docs/dns.md /usr/share/doc/wharf/dns.md
put 644 docs/registry-server.md /usr/share/doc/wharf/registry-server.md
[ -e "$root/etc/default/wharf" ] || put 644 packaging/wharf.default /etc/default/wharf

if [ -z "$root" ]; then
	getent group docker >/dev/null || groupadd --system docker
	if [ -d /run/systemd/system ]; then
		systemctl daemon-reload
		systemctl enable wharf.socket wharf.service
	elif command -v update-rc.d >/dev/null; then
		update-rc.d wharf defaults
	fi
fi
echo "installed; next: wharf check, then start the service wharf"
