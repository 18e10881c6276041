import { EngineError } from '#base';
import type { AddressFamily, Subnet } from './ipam/address.ts';
import { planPools } from './ipam/plan-pools.ts';
import { chooseSubnet, type SubnetPool } from './ipam/subnet-choice.ts';
import { anyIpv4 } from './ports/host-ports.ts';
import { isPredefined, newNetwork } from './predefined.ts';
import type { BridgeSettings, CreateNetworkRequest, NetworkRecord } from './types.ts';

const optionPrefix = 'com.docker.network';

/** What the host and the other networks leave for a new one. */
export interface AddressRoom {
  readonly networks: readonly Subnet[];
  /** Where the host has routes to. */
  readonly routed: readonly Subnet[];
  readonly pools: readonly SubnetPool[];
}

/**
 * The record of a bridge network that a user asks for.
 * @throws EngineError with Docker's words, when the request does not parse or its subnet is in use
 */
export function createRecord(request: CreateNetworkRequest, room: AddressRoom): NetworkRecord {
  const { name, driver = '', internal = false, attachable = false, labels = {}, options = {} } = request;
  if (name.trim() === '') throw new EngineError('invalid', 'invalid network name: name is empty');
  if (isPredefined(name)) {
    throw new EngineError('forbidden', `operation is not permitted on predefined ${name} network`);
  }
  checkDriver(driver);
  const network = newNetwork(name, 'bridge');
  const { ipv4 = true, ipv6 = false, pools: requests = [] } = request;
  const families: AddressFamily[] = [...(ipv4 ? [4 as const] : []), ...(ipv6 ? [6 as const] : [])];
  const taken = [...room.networks, ...room.routed];
  const choose = (family: AddressFamily) => chooseSubnet(family, taken, room.pools);
  return {
    ...network,
    ipv4,
    ipv6,
    internal,
    attachable,
    labels,
    options,
    pools: planPools({ requests, families, used: room.networks, choose }),
    bridge: bridgeSettings(options, `br-${network.id.slice(0, 12)}`),
  };
}

function checkDriver(driver: string): void {
  if (driver === '' || driver === 'bridge' || driver === 'default') return;
  if (driver === 'host' || driver === 'null') {
    throw new EngineError('forbidden', `only one instance of "${driver}" network is allowed`);
  }
  throw new EngineError('notFound', `plugin "${driver}" not found`);
}

function bridgeSettings(options: Readonly<Record<string, string>>, device: string): BridgeSettings {
  const option = (name: string) => options[`${optionPrefix}.${name}`];
  return {
    device: checkDevice(option('bridge.name') ?? device),
    mtu: parseMtu(option('driver.mtu') ?? '1500'),
    masquerade: option('bridge.enable_ip_masquerade') !== 'false',
    interContainer: option('bridge.enable_icc') !== 'false',
    defaultBinding: option('bridge.host_binding_ipv4') ?? anyIpv4,
    gatewayModes: { ipv4: 'nat', ipv6: 'nat' },
    trustedInterfaces: [],
    interfacePrefix: 'eth',
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
