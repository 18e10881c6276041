import type { Connection, NetlinkMessage, nftables } from '#linux';
import type { ExistingBridge } from '../drivers/bridge-device.ts';
import { parseSubnet, type Subnet } from '../ipam/address.ts';
import type { NamedDevice, NetworkHost } from '../network-host.ts';
import type { BridgeRecord, PublishedPort } from '../types.ts';

/** A host that only remembers what was done to it. */
export class FakeNetworkHost implements NetworkHost {
  readonly ipv6 = true;
  offersIpv6 = false;
  readonly bridges = new Map<string, BridgeRecord>();
  /** Other devices. */
  readonly devices: string[] = [];
  /** Devices of any container. */
  inside: readonly NamedDevice[] = [];
  readonly configured: (readonly NetlinkMessage[])[] = [];
  readonly removedTables: nftables.Table[] = [];
  readonly applied: (readonly NetlinkMessage[])[] = [];
  /** What connection tracking knows. */
  tracked: Connection[] = [];
  /** Subnets that the host has routes to. */
  routed: Subnet[] = [];
  /** Ports that processes of the host listen at. */
  readonly busyPorts = new Set<number>();

  ensureBridge(network: BridgeRecord): number {
    this.bridges.set(network.bridge.device, network);
    return [...this.bridges.keys()].indexOf(network.bridge.device) + 1;
  }

  async removeBridge(device: string): Promise<void> {
    this.bridges.delete(device);
  }

  async removeTable(table: nftables.Table): Promise<void> {
    this.removedTables.push(table);
  }

  configure(messages: readonly NetlinkMessage[]): void {
    this.configured.push(messages);
  }

  devicesInside(): readonly NamedDevice[] {
    return this.inside;
  }

  findDevice(name: string): number | undefined {
    const place = [...this.bridges.keys(), ...this.devices].indexOf(name);
    return place < 0 ? undefined : place + 1;
  }

  async removeDevice(name: string): Promise<void> {
    const place = this.devices.indexOf(name);
    if (place >= 0) this.devices.splice(place, 1);
  }

  setParameter(): void {}

  apply(messages: readonly NetlinkMessage[]): void {
    this.applied.push(messages);
  }

  ensureInlet(): undefined {}

  removeInlet(): void {}

  addresses(): Uint8Array[] {
    return [Uint8Array.of(192, 0, 2, 1)];
  }

  connections(): Connection[] {
    return this.tracked;
  }

  forgetConnection(connection: Connection): void {
    this.tracked = this.tracked.filter((other) => other !== connection);
  }

  watchRoutes(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  watchTables(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  usedSubnets(): Subnet[] {
    return this.routed;
  }

  findBridge(device: string): ExistingBridge | undefined {
    const pools = this.bridges.get(device)?.pools;
    if (pools === undefined) return undefined;
    const addresses = pools.map(({ gateway, subnet }) => `${gateway}/${parseSubnet(subnet).prefixLength}`);
    return { index: 1, addresses, ours: true };
  }

  probePort(port: PublishedPort): string | undefined {
    return this.busyPorts.has(port.hostPort) ? 'address already in use' : undefined;
  }

  [Symbol.dispose](): void {}
}
