import { BridgeNetwork } from './drivers/bridge-network.ts';
import { ParentNetwork } from './drivers/parent-network.ts';
import type { RunningNetwork } from './drivers/types.ts';
import type { NetworkHost } from './network-host.ts';
import type { NetworkRecord } from './types.ts';

/** The networks whose driver gives containers a device, as they run on the host. */
export class RunningNetworks {
  readonly #host: NetworkHost;
  readonly #networks = new Map<string, RunningNetwork>();

  constructor(host: NetworkHost) {
    this.#host = host;
  }

  get({ id }: NetworkRecord): RunningNetwork | undefined {
    return this.#networks.get(id);
  }

  bridgeOf(record: NetworkRecord): BridgeNetwork | undefined {
    const network = this.get(record);
    return network instanceof BridgeNetwork ? network : undefined;
  }

  *bridges(): Generator<BridgeNetwork> {
    for (const network of this.#networks.values()) if (network instanceof BridgeNetwork) yield network;
  }

  /** Brings a network up, without rules; idempotent. @throws EngineError, also where half of it has been made */
  run(record: NetworkRecord): RunningNetwork | undefined {
    const network = this.get(record) ?? this.#open(record);
    if (network !== undefined) this.#networks.set(record.id, network);
    return network;
  }

  /** Takes down what a network has made on the host; it is none of the running ones from the call on, unless it fails. */
  async remove({ id }: NetworkRecord): Promise<void> {
    const network = this.#networks.get(id);
    if (network === undefined) return;
    this.#networks.delete(id);
    try {
      await network.remove();
    } catch (error) {
      this.#networks.set(id, network);
      throw error;
    }
  }

  /** The same for all. */
  async clear(): Promise<void> {
    const networks = [...this.#networks.values()];
    this.#networks.clear();
    await Promise.all(networks.map((network) => network.remove()));
  }

  #isParent(name: string): boolean {
    return [...this.#networks.values()].some(
      (network) => network instanceof ParentNetwork && network.record.parent.parent === name,
    );
  }

  #open({ bridge, parent, ...record }: NetworkRecord): RunningNetwork | undefined {
    if (bridge !== undefined) return new BridgeNetwork({ ...record, bridge }, this.#host);
    return (
      parent && new ParentNetwork({ ...record, bridge, parent }, this.#host, (name) => this.#isParent(name))
    );
  }
}
