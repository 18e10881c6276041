import { readdirSync } from 'node:fs';
import { unlessErrno } from '#base';
import { readSysctl, writeSysctl } from '#linux';

/** Has the kernel pass packets on between devices: IPv4's always, IPv6's where a network needs it. */
export function enableForwarding({ ipv6 }: { readonly ipv6: boolean }): void {
  writeSysctl('net/ipv4/ip_forward', '1');
  const key = 'net/ipv6/conf/all/forwarding';
  if (!ipv6 || readSysctl(key) === '1') return;
  keepRouterAdvertisements();
  writeSysctl(key, '1');
}

/** A device that learns its addresses and routes from the routers around it would stop to, once it forwards. */
function keepRouterAdvertisements(): void {
  const listening = '1';
  const listeningAlthoughForwarding = '2';
  for (const device of readdirSync('/proc/sys/net/ipv6/conf')) {
    if (device === 'all' || device === 'default' || device === 'lo') continue;
    const key = `net/ipv6/conf/${device}/accept_ra`;
    // A device may go while we look.
    unlessErrno(['ENOENT'], () => {
      if (readSysctl(key) === listening) writeSysctl(key, listeningAlthoughForwarding);
    });
  }
}
