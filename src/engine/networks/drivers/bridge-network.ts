import { errnoOf } from '#base';
import { formatAddress, parseAddress, parseSubnet } from '../ipam/address.ts';
import { AddressPool } from '../ipam/address-pool.ts';
import { macOfAddress, parseMac } from '../ipam/mac-address.ts';
import type { NetworkHost } from '../network-host.ts';
import { placeOf } from '../ports/host-ports.ts';
import { networkTable, type Publication, publish, unpublish } from '../rules/rules.ts';
import type { BridgeSettings, EndpointRequest, NetworkRecord } from '../types.ts';

/** Takes away what a bridge network has on the host, but for a device that is not ours. */
export function removeBridge({ device, foreign }: BridgeSettings, host: NetworkHost): void {
  host.removeTable(device);
  if (!foreign) host.removeBridge(device);
}

/** A bridge network as it runs: its device, its addresses, and what is published by it. */
export class BridgeNetwork {
  readonly settings: BridgeSettings;
  readonly #internal: boolean;
  readonly #host: NetworkHost;
  readonly #pool: AddressPool;
  /** By the place on the host. */
  readonly #published = new Map<string, Publication>();
  /** Index of the bridge device. */
  readonly master: number;

  /** Makes the device, or finds it; the rules come with reset(). */
  constructor(record: NetworkRecord, settings: BridgeSettings, host: NetworkHost) {
    this.settings = settings;
    this.#internal = record.internal;
    this.#host = host;
    const range = settings.range === undefined ? undefined : parseSubnet(settings.range);
    this.#pool = new AddressPool(parseSubnet(settings.subnet), parseAddress(settings.gateway), range);
    this.master = host.ensureBridge(settings);
  }

  get routed(): boolean {
    return !this.#internal;
  }

  /** Takes the wished or the next address, with its MAC. @throws EngineError */
  takeAddress(wish: EndpointRequest): { readonly address: string; readonly macAddress: string } {
    const macAddress = wish.macAddress && parseMac(wish.macAddress);
    const number = this.#take(wish.address);
    return { address: formatAddress(number), macAddress: macAddress || macOfAddress(number) };
  }

  #take(wish: string | undefined): number {
    if (!wish) return this.#pool.take();
    const address = parseAddress(wish);
    this.#pool.takeExactly(address);
    return address;
  }

  releaseAddress(address: string): void {
    this.#pool.release(parseAddress(address));
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
    this.#host.apply(networkTable(this.settings, { internal: this.#internal, publications }));
  }
}
