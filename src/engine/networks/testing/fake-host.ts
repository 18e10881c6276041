import type { NetlinkMessage } from '#linux';
import type { Subnet } from '../address.ts';
import type { NetworkHost } from '../network-host.ts';
import type { BridgeSettings, PublishedPort } from '../types.ts';

/** A host that only remembers what was done to it. */
export class FakeNetworkHost implements NetworkHost {
  readonly ipv6 = true;
  readonly bridges = new Map<string, BridgeSettings>();
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

  apply(messages: readonly NetlinkMessage[]): void {
    this.applied.push(messages);
  }

  forget(messages: readonly NetlinkMessage[]): void {
    this.applied.push(messages);
  }

  usedSubnets(): Subnet[] {
    return this.routed;
  }

  isPortFree(port: PublishedPort): boolean {
    return !this.busyPorts.has(port.hostPort);
  }

  [Symbol.dispose](): void {}
}
