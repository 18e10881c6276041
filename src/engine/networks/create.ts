import { EngineError } from '#base';
import {
  containsAddress,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseSubnet,
  type Subnet,
} from './ipam/address.ts';
import { type AddressPool, chooseSubnet } from './ipam/subnet-choice.ts';
import { anyIpv4 } from './ports/host-ports.ts';
import { isPredefined, newNetwork } from './predefined.ts';
import type { BridgeSettings, CreateNetworkRequest, NetworkRecord } from './types.ts';

const optionPrefix = 'com.docker.network';

/**
 * The record of a bridge network that a user asks for.
 * @throws EngineError with Docker's words, when the request does not parse or its subnet is in use
 */
export function createRecord(
  request: CreateNetworkRequest,
  used: { readonly networks: readonly Subnet[]; readonly routed: readonly Subnet[] },
  pools: readonly AddressPool[] = [],
): NetworkRecord {
  const { name, driver = '', internal = false, attachable = false, labels = {}, options = {} } = request;
  if (name.trim() === '') throw new EngineError('invalid', 'invalid network name: name is empty');
  if (isPredefined(name)) {
    throw new EngineError('forbidden', `operation is not permitted on predefined ${name} network`);
  }
  checkDriver(driver);
  const network = newNetwork(name, 'bridge');
  const subnet =
    requestedSubnet(request, used.networks) ?? chooseSubnet([...used.networks, ...used.routed], pools);
  return {
    ...network,
    internal,
    attachable,
    labels,
    options,
    bridge: bridgeSettings(request, subnet, `br-${network.id.slice(0, 12)}`),
  };
}

function checkDriver(driver: string): void {
  if (driver === '' || driver === 'bridge' || driver === 'default') return;
  if (driver === 'host' || driver === 'null') {
    throw new EngineError('forbidden', `only one instance of "${driver}" network is allowed`);
  }
  throw new EngineError('notFound', `plugin "${driver}" not found`);
}

function requestedSubnet({ ipam }: CreateNetworkRequest, used: readonly Subnet[]): Subnet | undefined {
  if (!ipam?.subnet) return undefined;
  const subnet = parseSubnet(ipam.subnet);
  if (formatSubnet(subnet) !== ipam.subnet) {
    const text = `invalid subnet ${ipam.subnet}: it should be ${formatSubnet(subnet)}`;
    throw new EngineError('invalid', `invalid network config:\n${text}`);
  }
  if (used.some((other) => overlaps(other, subnet))) {
    const text = 'invalid pool request: Pool overlaps with other one on this address space';
    throw new EngineError('forbidden', text);
  }
  return subnet;
}

function bridgeSettings(request: CreateNetworkRequest, subnet: Subnet, device: string): BridgeSettings {
  const { ipam, options = {} } = request;
  const option = (name: string) => options[`${optionPrefix}.${name}`];
  const gateway = ipam?.gateway ? parseAddress(ipam.gateway) : subnet.base + 1;
  const range = ipam?.range ? parseSubnet(ipam.range) : undefined;
  if (!containsAddress(subnet, gateway)) throw notInside('gateway', ipam?.gateway, subnet);
  if (range && !containsAddress(subnet, range.base)) throw notInside('ip-range', ipam?.range, subnet);
  return {
    device: checkDevice(option('bridge.name') ?? device),
    subnet: formatSubnet(subnet),
    gateway: formatAddress(gateway),
    range: range && formatSubnet(range),
    mtu: parseMtu(option('driver.mtu') ?? '1500'),
    masquerade: option('bridge.enable_ip_masquerade') !== 'false',
    interContainer: option('bridge.enable_icc') !== 'false',
    defaultBinding: option('bridge.host_binding_ipv4') ?? anyIpv4,
  };
}

/** What the kernel takes as the name of a link. */
function checkDevice(name: string): string {
  if (/^[^\s/:]{1,15}$/.test(name) && name !== '.' && name !== '..') return name;
  throw new EngineError('invalid', `invalid interface name ${JSON.stringify(name)}`);
}

function parseMtu(text: string): number {
  const mtu = Number(text);
  if (/^\d+$/.test(text) && mtu >= 68 && mtu <= 65535) return mtu;
  throw new EngineError('invalid', `invalid MTU ${JSON.stringify(text)}`);
}

function notInside(what: string, value = '', subnet: Subnet): EngineError {
  const text = `invalid ${what} ${value}: parent subnet ${formatSubnet(subnet)} doesn't contain ${what}`;
  return new EngineError('invalid', `invalid network config:\n${text}`);
}
