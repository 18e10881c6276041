import { errnoOf } from '#base';
import type { NetlinkMessage } from '#linux';
import type { Inlet } from '../drivers/inlet.ts';
import type { NetworkHost } from '../network-host.ts';
import { placeOf } from '../ports/host-ports.ts';
import type { BridgeRecord } from '../types.ts';
import { changePassages, changePorts, networkTables } from './network-tables.ts';
import type { Passage } from './passage.ts';
import type { Publication } from './publication.ts';

/** Takes away the tables of the network with that bridge. */
export async function removeTables(device: string, host: Pick<NetworkHost, 'removeTable'>): Promise<void> {
  const families = [4, 6] as const;
  await Promise.all(families.map((family) => host.removeTable({ family, name: device })));
}

/** The rules of one network as they are to be in the kernel; nothing is there before reset(). */
export class NetworkRules {
  readonly #network: BridgeRecord;
  readonly #host: Pick<NetworkHost, 'apply'>;
  readonly #published = new Map<string, Publication>();
  /** By the container that calls. */
  readonly #passages = new Map<string, readonly Passage[]>();

  #inlet: Inlet | undefined;

  /** @param inlet where callers from outside come in, when they are to go by the host's `input` */
  constructor(network: BridgeRecord, host: Pick<NetworkHost, 'apply'>, inlet?: Inlet) {
    this.#network = network;
    this.#host = host;
    this.#inlet = inlet;
  }

  /** Replaces all rules by the base ones and those of these publications, without a gap. */
  reset(publications: readonly Publication[]): void {
    this.#published.clear();
    for (const publication of publications) this.#published.set(nameOf(publication), publication);
    this.heal();
  }

  /** Makes ports reachable; what is published already may be among them. */
  publish(publications: readonly Publication[]): void {
    this.#change(publications, () => {
      for (const publication of publications) this.#published.set(nameOf(publication), publication);
    });
  }

  /** Makes ports unreachable for new connections; what is not published may be among them. */
  unpublish(publications: readonly Publication[]): void {
    this.#change(publications, () => {
      for (const publication of publications) this.#published.delete(nameOf(publication));
    });
  }

  /** Whether another container has the publication's place on the host. */
  isSharedWith({ port, target }: Publication): boolean {
    const place = placeOf(port);
    return [...this.#published.values()].some(
      (other) => other.target !== target && placeOf(other.port) === place,
    );
  }

  /** Lets a container call ports of others although the network keeps them apart, in place of those before. */
  setPassages(containerId: string, passages: readonly Passage[]): void {
    const before = this.#passages.get(containerId) ?? [];
    if (before.length + passages.length === 0) return;
    if (passages.length === 0) this.#passages.delete(containerId);
    else this.#passages.set(containerId, passages);
    this.#apply(changePassages(this.#network, before, passages));
  }

  /** Leads callers by the inlet that there is, where there was one; it may be another device by now. */
  healInlet(find: () => Inlet | undefined): void {
    const inlet = this.#inlet && find();
    if (inlet?.sender === this.#inlet?.sender) return;
    this.#inlet = inlet;
    this.heal();
  }

  /** Makes everything anew, as when somebody has flushed the host's rules. */
  heal(): void {
    const publications = [...this.#published.values()];
    const passages = [...this.#passages.values()].flat();
    this.#host.apply(networkTables(this.#network, { publications, passages, inlet: this.#inlet }));
  }

  /** A port's entries depend on all who share its place, so each touched place is written anew, in one transaction. */
  #change(touched: readonly Publication[], change: () => void): void {
    const before = this.#sharing(touched);
    change();
    const content = (publications: readonly Publication[]) => ({ publications, inlet: this.#inlet });
    this.#apply(changePorts(this.#network, content(before), content(this.#sharing(touched))));
  }

  /** Where the kernel does not have what is to be changed, everything is made anew. */
  #apply(messages: readonly NetlinkMessage[]): void {
    try {
      this.#host.apply(messages);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EEXIST') throw error;
      this.heal();
    }
  }

  #sharing(touched: readonly Publication[]): Publication[] {
    const places = new Set(touched.map(({ port }) => placeOf(port)));
    return [...this.#published.values()].filter(({ port }) => places.has(placeOf(port)));
  }
}

function nameOf({ port, target }: Publication): string {
  return `${placeOf(port)} ${target} ${port.port}`;
}
