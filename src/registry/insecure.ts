import { BlockList, isIP } from 'node:net';

/**
 * Tells which registries may be spoken to without TLS or with any certificate: this machine itself, and what the
 * configuration lists as `name`, `name:port` or CIDR.
 */
export function insecureTest(listed: readonly string[]): (host: string) => boolean {
  const networks = new BlockList();
  networks.addSubnet('127.0.0.0', 8, 'ipv4');
  networks.addAddress('::1', 'ipv6');
  const names = new Set<string>();
  for (const entry of listed) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) names.add(entry.toLowerCase());
    else networks.addSubnet(address, Number(prefix), family);
  }
  return (host) => {
    const name = hostname(host);
    if (name === 'localhost' || names.has(host.toLowerCase()) || names.has(name.toLowerCase())) return true;
    const version = isIP(name);
    return version !== 0 && networks.check(name, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/** The host without port and without the brackets of IPv6. */
function hostname(host: string): string {
  const bracketed = /^\[(.*)\]/.exec(host);
  return bracketed?.[1] ?? host.replace(/:\d+$/, '');
}
