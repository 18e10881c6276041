import { EngineError } from '#base';
import { checkConfigOnly } from './config-network.ts';
import { carriesIpv6, readBridgeOptions } from './drivers/bridge-options.ts';
import { type ParentSettings, readParentOptions } from './drivers/parent-options.ts';
import { chooseFamilies } from './families.ts';
import { type AddressFamily, parseSubnet, type Subnet } from './ipam/address.ts';
import { checkPools } from './ipam/check-pools.ts';
import { planPools } from './ipam/plan-pools.ts';
import { chooseSubnet, type SubnetPool } from './ipam/subnet-choice.ts';
import { isPredefined, newNetwork } from './predefined.ts';
import { ratesOf } from './sandbox/rates.ts';
import type {
  BridgeSettings,
  CreateNetworkRequest,
  IpamPool,
  NetworkOptions,
  NetworkRecord,
  PoolRequest,
} from './types.ts';

/** What the host and the other networks leave for a new one. */
export interface AddressRoom {
  readonly networks: readonly Subnet[];
  /** Where the host has routes to. */
  readonly routed: readonly Subnet[];
  readonly pools: readonly SubnetPool[];
  /** Whether a network that does not say gets IPv6. */
  readonly ipv6: boolean;
  readonly hasDevice: (name: string) => boolean;
  /** What the other macvlan and ipvlan networks are on. */
  readonly parents: readonly ParentSettings[];
}

/** @throws EngineError invalid; forbidden, for the name of a network that every engine has */
export function checkNewName(name: string): void {
  if (name.trim() === '') throw new EngineError('invalid', 'invalid name: name is empty');
  if (name !== 'default' && !isPredefined(name)) return;
  throw new EngineError('forbidden', `operation is not permitted on predefined ${name} network `);
}

/**
 * The record of a network that a user asks for.
 * @throws EngineError with Docker's words, when the request does not parse or its subnet is in use
 */
export function createRecord(request: CreateNetworkRequest, room: AddressRoom): NetworkRecord {
  const { name, pools: requests = [], internal = false, options = {} } = request;
  checkIpamDriver(request.ipamDriver ?? '');
  checkPools(requests);
  if (request.configOnly) return configNetwork(request);
  const driver = parseDriver(request.driver ?? '');
  const network = newNetwork(name, driver);
  const taken = [...room.networks, ...room.routed];
  const choose = (family: AddressFamily) => chooseSubnet(family, taken, room.pools);
  const { bridge, parent } = readDriverOptions(network, { options, internal }, room);
  const offersIpv6 = room.ipv6 && bridge !== undefined && carriesIpv6(bridge) && succeeds(() => choose(6));
  const families = chooseFamilies(request, { ipv6: offersIpv6 });
  if (bridge && families.includes(6)) refuseTooSmall(bridge);
  ratesOf(options);
  return {
    ...network,
    ...described(request, families),
    internal,
    attachable: request.attachable ?? false,
    pools: planPools({
      requests,
      families,
      gatewayless: families.filter((family) => bridge && isIsolated(bridge, family)),
      used: room.networks,
      choose,
    }),
    configFrom: request.configFrom ?? '',
    bridge,
    parent,
  };
}

function refuseTooSmall(bridge: BridgeSettings): void {
  if (carriesIpv6(bridge)) return;
  throw new EngineError('invalid', `invalid MTU number: ${bridge.mtu}: IPv6 needs at least 1280`);
}

/** What nobody has asked for must not be what a network fails by. */
function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function readDriverOptions(
  { id, driver }: NetworkRecord,
  { options, internal }: { readonly options: NetworkOptions; readonly internal: boolean },
  { hasDevice, parents }: AddressRoom,
): Pick<NetworkRecord, 'bridge' | 'parent'> {
  if (driver === 'macvlan' || driver === 'ipvlan') {
    const closed = `dm-${id.slice(0, 11)}`;
    return { bridge: undefined, parent: readParentOptions(driver, options, { closed, hasDevice, parents }) };
  }
  return { bridge: readBridgeOptions(options, { device: `br-${id.slice(0, 12)}`, internal }) };
}

/** A network that only others are made after: nothing of it is chosen or checked against the host. */
function configNetwork(request: CreateNetworkRequest): NetworkRecord {
  checkConfigOnly(request);
  const families = chooseFamilies(request, { ipv6: false });
  const pools = (request.pools ?? []).map(wishedPool);
  return { ...newNetwork(request.name, 'null'), ...described(request, families), configOnly: true, pools };
}

function wishedPool({ subnet = '', gateway, range, auxiliary = {} }: PoolRequest): IpamPool {
  const { family } = parseSubnet(subnet);
  return { family, subnet, gateway, impliedGateway: false, range, configured: true, auxiliary };
}

function described(
  { labels = {}, options = {}, ipamOptions = null }: CreateNetworkRequest,
  families: readonly AddressFamily[],
) {
  return { ipv4: families.includes(4), ipv6: families.includes(6), labels, options, ipamOptions };
}

function isIsolated({ gatewayModes }: BridgeSettings, family: AddressFamily): boolean {
  return gatewayModes[family === 4 ? 'ipv4' : 'ipv6'] === 'isolated';
}

function checkIpamDriver(driver: string): void {
  if (driver === '' || driver === 'default') return;
  if (driver === 'null') throw new EngineError('invalid', 'ipv4 pool is empty');
  throw new EngineError('notFound', `plugin "${driver}" not found`);
}

function parseDriver(driver: string): 'bridge' | 'macvlan' | 'ipvlan' {
  if (driver === '') return 'bridge';
  if (driver === 'bridge' || driver === 'macvlan' || driver === 'ipvlan') return driver;
  if (driver === 'host' || driver === 'null') {
    throw new EngineError('forbidden', `only one instance of "${driver}" network is allowed`);
  }
  if (driver === 'overlay') throw new EngineError('forbidden', noSwarm);
  throw new EngineError('notFound', `plugin "${driver}" not found`);
}

const noSwarm =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
