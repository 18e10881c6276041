import { randomBytes } from 'node:crypto';
import { EngineError, nowNs } from '#base';
import {
  type Address,
  addressAt,
  containsSubnet,
  formatAddress,
  formatSubnet,
  parseInterfaceAddress,
  parseSubnet,
  type Subnet,
} from './ipam/address.ts';
import { anyIpv4 } from './ports/host-ports.ts';
import type { BridgeSettings, IpamPool, NetworkDriver, NetworkRecord } from './types.ts';

/** The names that every engine has and no user may take. */
export const predefinedNames = ['bridge', 'host', 'none'] as const;

export function isPredefined(name: string): boolean {
  return predefinedNames.some((predefined) => predefined === name);
}

/** The default bridge as the daemon's settings want it. */
export interface DefaultBridge {
  readonly device: string;
  /** The bridge's own address and its subnet, as `--bip` takes them; absent: the first free default pool. */
  readonly address?: string;
  /** Part of the subnet that containers get addresses of. */
  readonly range?: string;
  readonly mtu?: number;
  readonly interContainer?: boolean;
  readonly masquerade?: boolean;
  /** The device was there before. */
  readonly foreign?: boolean;
  /** `--ip`: address for ports that name none. */
  readonly defaultBinding?: string;
}

/** A new record with a new id. */
export function newNetwork(name: string, driver: NetworkDriver): NetworkRecord {
  return {
    id: randomBytes(32).toString('hex'),
    name,
    driver,
    createdNs: nowNs(),
    ipv4: true,
    ipv6: false,
    internal: false,
    attachable: false,
    labels: {},
    options: {},
    pools: [],
    bridge: undefined,
  };
}

/** What a wish for the default bridge comes to. */
export interface DefaultBridgePlan {
  readonly pools: readonly IpamPool[];
  readonly bridge: BridgeSettings;
}

/** Settings and addresses of the default bridge; `free` is asked for a subnet when none is wished. */
export function planDefaultBridge(wish: DefaultBridge, free: () => Subnet): DefaultBridgePlan {
  const { address, subnet } =
    wish.address === undefined ? firstAddress(free()) : parseInterfaceAddress(wish.address);
  const pool: IpamPool = {
    family: subnet.family,
    subnet: formatSubnet(subnet),
    gateway: formatAddress(address),
    range: wish.range === undefined ? undefined : rangeWithin(wish.range, subnet),
    configured: wish.address !== undefined,
    auxiliary: {},
  };
  const bridge: BridgeSettings = {
    device: wish.device,
    mtu: wish.mtu ?? 1500,
    masquerade: wish.masquerade ?? true,
    interContainer: wish.interContainer ?? true,
    defaultBinding: wish.defaultBinding ?? anyIpv4,
    gatewayModes: { ipv4: 'nat', ipv6: 'nat' },
    trustedInterfaces: [],
    interfacePrefix: 'eth',
    foreign: wish.foreign ?? false,
  };
  return { pools: [pool], bridge };
}

/** @throws EngineError invalid, for a range that reaches out of the subnet */
function rangeWithin(text: string, subnet: Subnet): string {
  const range = parseSubnet(text);
  if (containsSubnet(subnet, range)) return text;
  throw new EngineError('invalid', `fixed-cidr ${text} is not within the subnet ${formatSubnet(subnet)}`);
}

function firstAddress(subnet: Subnet): { readonly address: Address; readonly subnet: Subnet } {
  return { address: addressAt(subnet, 1n), subnet };
}

/** The options that Docker shows for its default bridge. */
export function defaultBridgeOptions(settings: BridgeSettings): Readonly<Record<string, string>> {
  return {
    'com.docker.network.bridge.default_bridge': 'true',
    'com.docker.network.bridge.enable_icc': String(settings.interContainer),
    'com.docker.network.bridge.enable_ip_masquerade': String(settings.masquerade),
    'com.docker.network.bridge.host_binding_ipv4': settings.defaultBinding,
    'com.docker.network.bridge.name': settings.device,
    'com.docker.network.driver.mtu': String(settings.mtu),
  };
}
