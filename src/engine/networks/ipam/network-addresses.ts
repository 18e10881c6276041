import { EngineError } from '#base';
import type { EndpointAddress, EndpointRequest, EndpointState, IpamPool, NetworkRecord } from '../types.ts';
import {
  type Address,
  type AddressFamily,
  containsAddress,
  formatAddress,
  parseAddress,
  parseSubnet,
} from './address.ts';
import { AddressPool, type PoolUsage } from './address-pool.ts';
import { macOfAddress, parseMac } from './mac-address.ts';

/** What an endpoint is addressed by. */
export type EndpointAddresses = Pick<EndpointState, 'ipv4' | 'ipv6' | 'macAddress'>;

/** What addresses of a network depend on; endpoints of an internal one are told no gateway. */
export type AddressedNetwork = Pick<NetworkRecord, 'id' | 'name' | 'internal' | 'pools'>;

interface Member {
  readonly pool: IpamPool;
  readonly addresses: AddressPool;
}

/** The addresses of one network: of each family that it has pools of, an endpoint gets one. */
export class NetworkAddresses {
  readonly #network: AddressedNetwork;
  readonly #members: readonly Member[];

  constructor(network: AddressedNetwork) {
    this.#network = network;
    this.#members = network.pools.map((pool) => ({ pool, addresses: openPool(pool) }));
  }

  /** Takes the wished or the next addresses, with a MAC address. @throws EngineError; nothing is held then */
  take(wish: EndpointRequest): EndpointAddresses {
    const wished = wish.macAddress && parseMac(wish.macAddress);
    using undo = new DisposableStack();
    const ipv4 = this.#take(4, wish.ipv4Address, undo);
    const ipv6 = this.#take(6, wish.ipv6Address, undo);
    undo.move();
    const first = ipv4 ?? ipv6;
    const macAddress = wished || (first === undefined ? '' : macOfAddress(parseAddress(first.address)));
    return { ipv4, ipv6, macAddress };
  }

  /** Holds the addresses that a live endpoint has. @throws EngineError, when one is not of the network or taken */
  takeOver({ ipv4, ipv6 }: Pick<EndpointState, 'ipv4' | 'ipv6'>): void {
    using undo = new DisposableStack();
    for (const held of [ipv4, ipv6]) {
      if (held === undefined) continue;
      const address = parseAddress(held.address);
      const { addresses } = this.#memberOf(address);
      addresses.takeExactly(address);
      undo.defer(() => addresses.release(address));
    }
    undo.move();
  }

  release({ ipv4, ipv6 }: Pick<EndpointState, 'ipv4' | 'ipv6'>): void {
    for (const held of [ipv4, ipv6]) {
      if (held === undefined) continue;
      const address = parseAddress(held.address);
      this.#memberOf(address).addresses.release(address);
    }
  }

  /** By subnet, as the network's record writes it. */
  usage(): ReadonlyMap<string, PoolUsage> {
    return new Map(this.#members.map(({ pool, addresses }) => [pool.subnet, addresses.usage()]));
  }

  #take(family: AddressFamily, wish: string | undefined, undo: DisposableStack): EndpointAddress | undefined {
    const members = this.#members.filter(({ pool }) => pool.family === family);
    if (wish) return this.#takeExactly(parseAddress(wish), undo);
    if (members.length === 0) return undefined;
    for (const member of members) {
      const address = member.addresses.take();
      if (address === undefined) continue;
      undo.defer(() => member.addresses.release(address));
      return this.#describe(address, member);
    }
    const { name, id } = this.#network;
    const text = `no available IPv${family} addresses on this network's address pools: ${name} (${id})`;
    throw new EngineError('internal', text);
  }

  #takeExactly(address: Address, undo: DisposableStack): EndpointAddress {
    const member = this.#memberOf(address);
    member.addresses.takeExactly(address);
    undo.defer(() => member.addresses.release(address));
    return this.#describe(address, member);
  }

  #memberOf(address: Address): Member {
    const member = this.#members.find(({ addresses }) => containsAddress(addresses.subnet, address));
    if (member !== undefined) return member;
    const text = `invalid address ${formatAddress(address)}: It does not belong to any of this network's subnets`;
    throw new EngineError('invalid', text);
  }

  #describe(address: Address, { pool, addresses }: Member): EndpointAddress {
    const gateway = this.#network.internal ? '' : routerOf(pool);
    return { address: formatAddress(address), prefixLength: addresses.subnet.prefixLength, gateway };
  }
}

/** The gateway, or the other router that the user named by a word of Docker's among the reserved addresses. */
function routerOf({ family, gateway = '', auxiliary }: IpamPool): string {
  return auxiliary[`DefaultGatewayIPv${family}`] ?? gateway;
}

function openPool({ subnet, range, gateway, auxiliary }: IpamPool): AddressPool {
  const reserved = [...(gateway === undefined ? [] : [gateway]), ...Object.values(auxiliary)];
  return new AddressPool({
    subnet: parseSubnet(subnet),
    range: range === undefined ? undefined : parseSubnet(range),
    reserved: reserved.map(parseAddress),
  });
}
