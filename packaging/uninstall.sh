#!/bin/sh
# Takes away what install.sh put there. Root; DESTDIR as there.
# `--purge` removes every container first, and then images, volumes, settings and log: nothing is left.
set -eu
root=${DESTDIR:-}
service=/etc/init.d/wharf
purge=false
[ "${1:-}" != --purge ] || purge=true

start_service() {
	if [ -d /run/systemd/system ]; then systemctl start wharf; else "$service" start; fi
}

stop_service() {
	if [ -d /run/systemd/system ]; then
		systemctl disable --now wharf.service wharf.socket wharf-registry.service
	else
		"$service" stop
		! command -v update-rc.d >/dev/null || update-rc.d -f wharf remove
	fi
}

remove_containers() {
	containers=$(wharf ps --all --quiet)
	# shellcheck disable=SC2086
	[ -z "$containers" ] || wharf rm --force --volumes $containers
}

if [ -z "$root" ] && [ -x "$service" ]; then
	if $purge; then
		start_service
		remove_containers
	fi
	stop_service
fi
for program in wharf wharfd wharf-registry wharf-runtime; do rm -f "$root/usr/bin/$program"; done
rm -rf "$root/usr/lib/wharf" "$root/usr/share/doc/wharf"
for unit in wharf.service wharf.socket wharf-registry.service; do rm -f "$root/lib/systemd/system/$unit"; done
rm -f "$root/etc/init.d/wharf" "$root/etc/logrotate.d/wharf"
if $purge; then
	rm -rf "$root/var/lib/wharf" "$root/var/lib/wharf-registry" "$root/var/lib/private/wharf-registry" \
		"$root/run/wharf" "$root/etc/wharf"
	rm -f "$root/etc/default/wharf" "$root"/var/log/wharf.log*
fi
