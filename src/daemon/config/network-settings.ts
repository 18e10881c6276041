import { isIP, isIPv4 } from 'node:net';
import { EngineError } from '#base';
import type { Options } from './options.ts';
import type { NetworkSettings } from './settings.ts';

/** @throws EngineError invalid, for what is no address, no domain or no size */
export function resolveNetwork(options: Options): NetworkSettings {
  const mtu = options.mtu || 1500;
  if (mtu < 68 || mtu > 65_535) throw new EngineError('invalid', `invalid default MTU: ${mtu}`);
  return {
    bridge: options.bridge || 'docker0',
    bip: options.bip || undefined,
    fixedCidr: options.fixedCidr || undefined,
    defaultGateway: options.defaultGateway || undefined,
    ipv6: options.ipv6 ?? false,
    bip6: options.bip6 || undefined,
    fixedCidrV6: options.fixedCidrV6 || undefined,
    defaultGatewayV6: options.defaultGatewayV6 || undefined,
    mtu,
    interContainer: options.interContainer ?? true,
    masquerade: options.masquerade ?? true,
    obeysInput: options.firewallInput ?? false,
    publishAddress: parseIpv4(options.publishAddress || '0.0.0.0'),
    defaultOptions: options.defaultOptions?.bridge ?? {},
    addressPools: options.addressPools ?? [],
    resolvConf: options.resolvConf || '/etc/resolv.conf',
    dns: (options.dns ?? []).map(parseIp),
    dnsSearch: (options.dnsSearch ?? []).map(parseDomain),
    dnsOptions: options.dnsOptions ?? [],
    hostGateways: resolveHostGateways(options),
  };
}

/** One of each family; the key of one address is older than that of several. */
function resolveHostGateways({ hostGatewayIp, hostGatewayIps }: Options): readonly string[] {
  if (hostGatewayIp !== undefined && hostGatewayIps !== undefined) {
    const both = 'host-gateway-ip and host-gateway-ips must not both be specified in the config file';
    throw new EngineError('invalid', both);
  }
  const addresses = (hostGatewayIps ?? (hostGatewayIp ? [hostGatewayIp] : [])).map(parseIp);
  for (const family of [4, 6]) {
    if (addresses.filter((address) => isIP(address) === family).length > 1) {
      throw new EngineError('invalid', `only one IPv${family} host gateway IP address can be specified`);
    }
  }
  return addresses;
}

function parseIp(text: string): string {
  if (isIP(text) === 0) throw new EngineError('invalid', `invalid IP address: ${text}`);
  return text;
}

function parseIpv4(text: string): string {
  if (!isIPv4(text)) throw new EngineError('invalid', `invalid IP address: ${text}`);
  return text;
}

const label = '[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?';
const domain = new RegExp(`^(\\.|${label}(\\.${label})*\\.?)$`);

function parseDomain(text: string): string {
  if (text.length <= 255 && domain.test(text)) return text;
  throw new EngineError('invalid', `${text} is not a valid domain`);
}
