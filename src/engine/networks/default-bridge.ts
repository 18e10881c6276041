import { EngineError } from '#base';
import { readBridgeOptions } from './drivers/bridge-options.ts';
import {
  type AddressFamily,
  addressAt,
  containsAddress,
  containsSubnet,
  formatAddress,
  formatSubnet,
  parseAddress,
  parseInterfaceAddress,
  parseSubnet,
  type Subnet,
} from './ipam/address.ts';
import { newNetwork } from './predefined.ts';
import type { IpamPool, NetworkOptions, NetworkRecord } from './types.ts';

/** The default bridge as the daemon's settings want it. */
export interface DefaultBridge {
  readonly device: string;
  readonly ipv4?: DefaultBridgeAddresses;
  /** Absent: the bridge has no IPv6. */
  readonly ipv6?: DefaultBridgeAddresses | undefined;
  readonly mtu?: number;
  readonly interContainer?: boolean;
  readonly masquerade?: boolean;
  /** `--ip`: address for ports that name none. */
  readonly defaultBinding?: string;
}

/** What is wished for the default bridge in one family. */
export interface DefaultBridgeAddresses {
  /** The bridge's own address and its subnet, as `--bip` takes them. */
  readonly address?: string | undefined;
  /** Part of the subnet that containers get addresses of, as `--fixed-cidr`; alone it is the subnet. */
  readonly range?: string | undefined;
  /** The router of containers, when it is not the bridge, as `--default-gateway`. */
  readonly gateway?: string | undefined;
}

/** What is known of the default bridge besides the wish. */
export interface DefaultBridgeKnown {
  readonly stored: NetworkRecord | undefined;
  /** Addresses of a bridge of the wished name that is there already. */
  readonly found: readonly string[];
  /** That bridge is somebody else's. */
  readonly foreign: boolean;
  readonly choose: (family: AddressFamily) => Subnet;
}

/**
 * The record of the default bridge. One that we made keeps its addresses, and one that was there has its own, unless
 * others are wished.
 * @throws EngineError invalid, for a wish that can't be
 */
export function defaultBridgeRecord(wish: DefaultBridge, known: DefaultBridgeKnown): NetworkRecord {
  const network = known.stored ?? newNetwork('bridge', 'bridge');
  const options = defaultBridgeOptions(wish);
  const kept = known.stored?.bridge?.device === wish.device ? known.stored : undefined;
  const foreign = kept?.bridge?.foreign ?? known.foreign;
  const addresses = [...(kept?.pools ?? []).map(addressOf), ...known.found];
  const pool = (family: AddressFamily, wished: DefaultBridgeAddresses) =>
    planPool(family, wished, { addresses, choose: known.choose });
  return {
    ...network,
    ipv6: wish.ipv6 !== undefined,
    options,
    pools: [pool(4, wish.ipv4 ?? {}), ...(wish.ipv6 === undefined ? [] : [pool(6, wish.ipv6)])],
    bridge: { ...readBridgeOptions(options, { device: wish.device, internal: false }), foreign },
  };
}

/** The options that Docker shows for its default bridge. */
function defaultBridgeOptions(wish: DefaultBridge): NetworkOptions {
  return {
    'com.docker.network.bridge.default_bridge': 'true',
    'com.docker.network.bridge.enable_icc': String(wish.interContainer ?? true),
    'com.docker.network.bridge.enable_ip_masquerade': String(wish.masquerade ?? true),
    'com.docker.network.bridge.host_binding_ipv4': wish.defaultBinding ?? '0.0.0.0',
    'com.docker.network.bridge.name': wish.device,
    'com.docker.network.driver.mtu': String(wish.mtu ?? 1500),
  };
}

function addressOf({ gateway, subnet }: IpamPool): string {
  return `${gateway}/${parseSubnet(subnet).prefixLength}`;
}

function planPool(
  family: AddressFamily,
  wish: DefaultBridgeAddresses,
  known: { readonly addresses: readonly string[]; readonly choose: (family: AddressFamily) => Subnet },
): IpamPool {
  const present = known.addresses.find((text) => isOfFamily(text, family));
  const base = wish.address ?? present;
  const { address, subnet } =
    base === undefined
      ? firstAddress(wish.range === undefined ? known.choose(family) : parseSubnet(wish.range))
      : parseInterfaceAddress(base);
  checkFamily(subnet, family, wish.address ?? wish.range ?? '');
  return {
    family,
    subnet: formatSubnet(subnet),
    gateway: formatAddress(address),
    impliedGateway: false,
    range: wish.range === undefined ? undefined : rangeWithin(wish.range, subnet),
    configured: wish.address !== undefined,
    auxiliary: wish.gateway === undefined ? {} : routerWithin(wish.gateway, subnet),
  };
}

function isOfFamily(text: string, family: AddressFamily): boolean {
  return text.includes(':') === (family === 6) && !/^fe80:/i.test(text);
}

function checkFamily(subnet: Subnet, family: AddressFamily, text: string): void {
  if (subnet.family !== family) throw new EngineError('invalid', `${text} is no IPv${family} address`);
}

/** @throws EngineError invalid, for a range that reaches out of the subnet */
function rangeWithin(text: string, subnet: Subnet): string {
  const range = parseSubnet(text);
  if (containsSubnet(subnet, range)) return formatSubnet(range);
  throw new EngineError('invalid', `fixed-cidr ${text} is not within the subnet ${formatSubnet(subnet)}`);
}

/** @throws EngineError invalid, for a router that is not on the network */
function routerWithin(text: string, subnet: Subnet): Record<string, string> {
  const router = parseAddress(text);
  if (containsAddress(subnet, router)) {
    return { [`DefaultGatewayIPv${subnet.family}`]: formatAddress(router) };
  }
  throw new EngineError(
    'invalid',
    `default gateway ${text} is not within the subnet ${formatSubnet(subnet)}`,
  );
}

function firstAddress(subnet: Subnet) {
  return { address: addressAt(subnet, 1n), subnet };
}
