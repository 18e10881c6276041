import type { NetlinkMessage } from '#linux';
import { parseSubnet, type Subnet } from '../ipam/address.ts';
import type { ExistingBridge, NetworkHost } from '../network-host.ts';
import type { BridgeSettings, PublishedPort } from '../types.ts';

/** A host that only remembers what was done to it. */
export class FakeNetworkHost implements NetworkHost {
  readonly ipv6 = true;
  readonly bridges = new Map<string, BridgeSettings>();
  readonly removedTables: string[] = [];
  readonly applied: (readonly NetlinkMessage[])[] = [];
  /** Subnets that the host has routes to. */
  routed: Subnet[] = [];
  /** Ports that processes of the host listen at. */
  readonly busyPorts = new Set<number>();

  ensureBridge(settings: BridgeSettings): number {
    this.bridges.set(settings.device, settings);
    return this.bridges.size + 1;
  }

  removeBridge(device: string): void {
    this.bridges.delete(device);
  }

  removeTable(name: string): void {
    this.removedTables.push(name);
  }

  apply(messages: readonly NetlinkMessage[]): void {
    this.applied.push(messages);
  }

  forget(messages: readonly NetlinkMessage[]): void {
    this.applied.push(messages);
  }

  usedSubnets(): Subnet[] {
    return this.routed;
  }

  findBridge(device: string): ExistingBridge | undefined {
    const bridge = this.bridges.get(device);
    return (
      bridge && {
        index: 1,
        address: `${bridge.gateway}/${parseSubnet(bridge.subnet).prefixLength}`,
        ours: true,
      }
    );
  }

  probePort(port: PublishedPort): string | undefined {
    return this.busyPorts.has(port.hostPort) ? 'address already in use' : undefined;
  }

  [Symbol.dispose](): void {}
}
