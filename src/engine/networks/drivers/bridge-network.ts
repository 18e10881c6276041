import { type Attribute, type NetlinkMessage, route } from '#linux';
import { NetworkAddresses } from '../ipam/network-addresses.ts';
import type { NetworkHost } from '../network-host.ts';
import { Publisher } from '../publishing/publisher.ts';
import { NetworkRules, removeTables } from '../rules/network-rules.ts';
import type { BridgeRecord, BridgeSettings, EndpointState } from '../types.ts';
import { carriesIpv6 } from './bridge-options.ts';
import type { RunningNetwork } from './types.ts';
import { randomVethName, vethMessages } from './veth.ts';

/** Takes away what a bridge network has on the host, but for a device that is not ours. */
export async function removeBridge({ device, foreign }: BridgeSettings, host: NetworkHost): Promise<void> {
  await Promise.all([removeTables(device, host), foreign ? undefined : host.removeBridge(device)]);
}

/** A bridge network as it runs: its device, its addresses, and what is published by it. */
export class BridgeNetwork implements RunningNetwork {
  readonly record: BridgeRecord;
  readonly addresses: NetworkAddresses;
  readonly nameHostDevice = randomVethName;
  readonly rules: NetworkRules;
  readonly publisher: Publisher;
  readonly #host: NetworkHost;
  #master: number;

  /** Makes the device, or finds it; the rules come with their reset(). */
  constructor(record: BridgeRecord, host: NetworkHost) {
    this.record = record;
    this.addresses = new NetworkAddresses(record);
    this.rules = new NetworkRules(record, host, host.ensureInlet(record));
    this.publisher = new Publisher(this.rules, host);
    this.#host = host;
    this.#master = host.ensureBridge(record);
  }

  get settings(): BridgeSettings {
    return this.record.bridge;
  }

  /** Index of the bridge device. */
  get index(): number {
    return this.#master;
  }

  get interfacePrefix(): string {
    return this.settings.interfacePrefix;
  }

  get carriesIpv6(): boolean {
    return carriesIpv6(this.settings);
  }

  deviceMessages(
    endpoint: EndpointState,
    namespace: Attribute,
  ): readonly [NetlinkMessage, ...NetlinkMessage[]] {
    return vethMessages(endpoint, { master: this.#master, mtu: this.settings.mtu }, namespace);
  }

  /** Makes anew what somebody has deleted: the device, with these devices of containers as its ports; the inlet. */
  heal(hostDevices: () => readonly string[]): void {
    this.rules.healInlet(() => this.#host.ensureInlet(this.record));
    if (this.#host.findDevice(this.settings.device) === this.#master) return;
    this.#master = this.#host.ensureBridge(this.record);
    this.adopt(hostDevices());
  }

  /** Makes devices of containers its ports, where they are there and are not. */
  adopt(hostDevices: readonly string[]): void {
    const found = hostDevices
      .map((name) => this.#host.findDevice(name))
      .filter((index) => index !== undefined);
    this.#host.configure(
      found.flatMap((index) => [route.setMaster(index, this.#master), route.setHairpin(index)]),
    );
  }

  open(): void {
    this.rules.reset([]);
  }

  remove(): Promise<void> {
    this.#host.removeInlet(this.record);
    return removeBridge(this.settings, this.#host);
  }
}
