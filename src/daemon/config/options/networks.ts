import { flag, list, number, pairsByName, pools, text } from '../kinds.ts';
import type { OptionSpec } from '../option.ts';

/** The default bridge, address pools, and what containers resolve names by. */
export const networkOptions = {
  bip: { flag: 'bip', key: 'bip', kind: text, help: 'Address and subnet of the default bridge' },
  bip6: { flag: 'bip6', key: 'bip6', kind: text, help: 'The same for IPv6' },
  bridge: { flag: 'bridge', short: 'b', key: 'bridge', kind: text, help: 'Device of the default bridge' },
  addressPools: {
    flag: 'default-address-pool',
    key: 'default-address-pools',
    kind: pools,
    help: 'Addresses to take subnets from',
  },
  defaultGateway: {
    flag: 'default-gateway',
    key: 'default-gateway',
    kind: text,
    help: 'Router of containers on the default bridge, when it is not the bridge',
  },
  defaultGatewayV6: {
    flag: 'default-gateway-v6',
    key: 'default-gateway-v6',
    kind: text,
    help: 'The same for IPv6',
  },
  defaultOptions: {
    flag: 'default-network-opt',
    key: 'default-network-opts',
    kind: pairsByName,
    help: 'Option of new networks: driver=name=value',
  },
  dns: { flag: 'dns', key: 'dns', kind: list, help: 'DNS server of containers' },
  dnsOptions: { flag: 'dns-opt', key: 'dns-opts', kind: list, help: 'DNS option of containers' },
  dnsSearch: { flag: 'dns-search', key: 'dns-search', kind: list, help: 'DNS search domain of containers' },
  fixedCidr: {
    flag: 'fixed-cidr',
    key: 'fixed-cidr',
    kind: text,
    help: 'Part of the default bridge that containers get addresses of',
  },
  fixedCidrV6: { flag: 'fixed-cidr-v6', key: 'fixed-cidr-v6', kind: text, help: 'The same for IPv6' },
  hostGatewayIp: { key: 'host-gateway-ip', kind: text, help: 'What host-gateway stands for' },
  hostGatewayIps: {
    flag: 'host-gateway-ip',
    key: 'host-gateway-ips',
    kind: list,
    help: 'What host-gateway of --add-host stands for',
  },
  interContainer: {
    flag: 'icc',
    key: 'icc',
    kind: flag,
    help: 'Let containers of the default bridge talk to each other',
  },
  firewallInput: {
    flag: 'firewall-input',
    key: 'firewall-input',
    kind: flag,
    help: "Let callers from outside come to published ports only by the host's input rules",
  },
  ipv6: { flag: 'ipv6', key: 'ipv6', kind: flag, help: 'Give the default bridge IPv6 too' },
  publishAddress: { flag: 'ip', key: 'ip', kind: text, help: 'Address that ports are published at' },
  masquerade: {
    flag: 'ip-masq',
    key: 'ip-masq',
    kind: flag,
    help: "Hide the default bridge behind the host's address",
  },
  resolvConf: {
    flag: 'resolv-conf',
    key: 'resolv-conf',
    kind: text,
    help: 'File to make resolv.conf of containers from',
  },
  mtu: { flag: 'mtu', key: 'mtu', kind: number, help: 'MTU of the default bridge' },
} as const satisfies Record<string, OptionSpec>;
