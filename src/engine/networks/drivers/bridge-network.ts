import { errnoOf } from '#base';
import type { Attribute, NetlinkMessage } from '#linux';
import { NetworkAddresses } from '../ipam/network-addresses.ts';
import type { NetworkHost } from '../network-host.ts';
import { placeOf } from '../ports/host-ports.ts';
import { networkTable, type Publication, publish, unpublish } from '../rules/rules.ts';
import type { BridgeRecord, BridgeSettings, EndpointState } from '../types.ts';
import type { RunningNetwork } from './types.ts';
import { randomVethName, vethMessages } from './veth.ts';

/** Takes away what a bridge network has on the host, but for a device that is not ours. */
export function removeBridge({ device, foreign }: BridgeSettings, host: NetworkHost): void {
  host.removeTable(device);
  if (!foreign) host.removeBridge(device);
}

/** A bridge network as it runs: its device, its addresses, and what is published by it. */
export class BridgeNetwork implements RunningNetwork {
  readonly record: BridgeRecord;
  readonly addresses: NetworkAddresses;
  readonly nameHostDevice = randomVethName;
  readonly #host: NetworkHost;
  /** By the place on the host. */
  readonly #published = new Map<string, Publication>();
  /** Index of the bridge device. */
  readonly master: number;

  /** Makes the device, or finds it; the rules come with reset(). */
  constructor(record: BridgeRecord, host: NetworkHost) {
    this.record = record;
    this.addresses = new NetworkAddresses(record.pools, { routed: !record.internal });
    this.#host = host;
    this.master = host.ensureBridge(record);
  }

  get settings(): BridgeSettings {
    return this.record.bridge;
  }

  get interfacePrefix(): string {
    return this.settings.interfacePrefix;
  }

  deviceMessages(endpoint: EndpointState, namespace: Attribute): readonly NetlinkMessage[] {
    return vethMessages(endpoint, { master: this.master, mtu: this.settings.mtu }, namespace);
  }

  /** Replaces all rules by the base ones and those of these publications, without a gap. */
  reset(publications: readonly Publication[]): void {
    this.#published.clear();
    this.#note(publications);
    this.#makeTable();
  }

  /** Makes the whole table anew when somebody has flushed the host's rules. */
  publish(publications: readonly Publication[]): void {
    this.#note(publications);
    try {
      this.#host.apply(publish(this.settings.device, publications));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      this.#makeTable();
    }
  }

  /** Also when some or all of them are gone already. */
  unpublish(publications: readonly Publication[]): void {
    for (const publication of publications) {
      this.#published.delete(placeOf(publication.port));
      this.#host.forget(unpublish(this.settings.device, [publication]));
    }
  }

  /** Takes rules and device away. */
  remove(): void {
    removeBridge(this.settings, this.#host);
  }

  #note(publications: readonly Publication[]): void {
    for (const publication of publications) this.#published.set(placeOf(publication.port), publication);
  }

  #makeTable(): void {
    const publications = [...this.#published.values()];
    this.#host.apply(networkTable(this.record, publications));
  }
}
