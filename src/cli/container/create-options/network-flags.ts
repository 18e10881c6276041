import { bool, each, list, text } from '../../flags/index.ts';
import { checkAddHost, checkDnsSearch, checkIpAddress, checkLink } from './checks.ts';
import { parseNetwork } from './network.ts';

const network = {
  ...each('Connect a container to a network', parseNetwork, { valueName: 'network' }),
};
const networkAlias = list('Add network-scoped alias for the container');
const dnsOption = list('Set DNS options');

/** Flags of how the container is reached and what it reaches. */
export const networkFlags = {
  'add-host': list('Add a custom host-to-IP mapping (host:ip)', { check: checkAddHost }),
  dns: list('Set custom DNS servers', { check: checkIpAddress }),
  'dns-opt': { ...dnsOption, hidden: true },
  'dns-option': dnsOption,
  'dns-search': list('Set custom DNS search domains', { check: checkDnsSearch }),
  expose: list('Expose a port or a range of ports'),
  ip: text('IPv4 address (e.g., 172.30.100.104)'),
  ip6: text('IPv6 address (e.g., 2001:db8::33)'),
  link: list('Add link to another container', { check: checkLink }),
  'link-local-ip': list('Container IPv4/IPv6 link-local addresses'),
  'mac-address': text('Container MAC address (e.g., 92:d0:c6:0a:29:33)'),
  net: { ...network, hidden: true },
  'net-alias': { ...networkAlias, hidden: true },
  network,
  'network-alias': networkAlias,
  publish: list("Publish a container's port(s) to the host", { short: 'p' }),
  'publish-all': bool('Publish all exposed ports to random ports', 'P'),
};
