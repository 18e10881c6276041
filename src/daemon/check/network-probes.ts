import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { probeBridge, probeFirewall, probeVeth } from '#engine/networks';
import { readSysctl, sysctlPath } from '#linux';
import type { Probe } from './probe.ts';

/** What networks of containers need; a container with --network host or none needs none of it. */
export const networkProbes: readonly Probe[] = [
  {
    feature: 'bridge devices',
    lost: 'containers have no network but that of the host',
    attempt: () => void probeBridge(),
  },
  {
    feature: 'veth devices',
    lost: 'containers have no network but that of the host',
    attempt: () => void probeVeth(),
  },
  {
    feature: 'nftables',
    lost: 'no published ports, no way out of a bridge network (CONFIG_NF_TABLES, NFT_NAT, NFT_MASQ, NFT_FIB, NFT_CT)',
    attempt: () => void probeFirewall(),
  },
  {
    feature: 'IPv4 forwarding',
    lost: 'bridge networks lead nowhere',
    attempt: () => probeForwarding('net/ipv4/ip_forward'),
  },
  {
    feature: 'IPv6',
    lost: 'networks have IPv4 alone, and ports are published at IPv4 addresses alone',
    attempt() {
      if (!existsSync('/proc/net/if_inet6')) throw new Error('off in this kernel');
      const isOff = readSysctl('net/ipv6/conf/all/disable_ipv6') === '1';
      return isOff ? 'turned off: networks have it that ask for it' : undefined;
    },
  },
  {
    feature: 'IPv6 forwarding',
    lost: 'containers are reached by IPv6 from their own networks and the host alone',
    attempt: () => probeForwarding('net/ipv6/conf/all/forwarding'),
  },
];

/** What the parameter says; the daemon must be able to set it. */
function probeForwarding(key: string): string {
  closeSync(openSync(sysctlPath(key), constants.O_WRONLY));
  return readSysctl(key) === '1' ? 'on' : 'off; the daemon turns it on';
}
