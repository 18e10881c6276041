import { recordType } from '../message/record-type.ts';
import type { NamedEndpoint, NamedSandbox } from '../types.ts';
import { addressKey, tryParseAddress } from './address.ts';

/** Those that have one name on one network. */
interface Bearers {
  readonly byContainer: Map<string, readonly Uint8Array[]>;
  /** Who comes first in the next answer, by IPv4 and by IPv6: clients ask for both at once. */
  readonly turns: { ipv4: number; ipv6: number };
}

interface NetworkNames {
  readonly bearers: Map<string, Bearers>;
  /** Whom an address belongs to, by its key. */
  readonly owners: Map<string, string>;
}

/** Who is called what on which network. Names are compared in lower case. */
export class NameTable {
  readonly #sandboxes = new Map<string, NamedSandbox>();
  readonly #networks = new Map<string, NetworkNames>();

  get(containerId: string): NamedSandbox | undefined {
    return this.#sandboxes.get(containerId);
  }

  ids(): Iterable<string> {
    return this.#sandboxes.keys();
  }

  /** Adds a sandbox, in place of what was told of its container before. */
  set(sandbox: NamedSandbox): void {
    this.remove(sandbox.containerId);
    this.#sandboxes.set(sandbox.containerId, sandbox);
    for (const endpoint of sandbox.endpoints) this.#add(sandbox.containerId, endpoint);
  }

  remove(containerId: string): void {
    const sandbox = this.#sandboxes.get(containerId);
    this.#sandboxes.delete(containerId);
    for (const endpoint of sandbox?.endpoints ?? []) this.#drop(containerId, endpoint);
  }

  /**
   * The addresses that a name has for who asks: of its own links, then of its networks in their order, where
   * `name.network` means that network alone. Each answer to a type of question begins with another container.
   * @returns undefined, when nobody is called so
   */
  find(asker: NamedSandbox, name: string, type: number): readonly Uint8Array[] | undefined {
    for (const { networkId, networkName } of asker.endpoints) {
      const names = this.#networks.get(networkId)?.bearers;
      const suffix = `.${networkName.toLowerCase()}`;
      const bearers =
        names?.get(linkedName(asker, networkId, name)) ??
        (name.endsWith(suffix) ? names?.get(name.slice(0, -suffix.length)) : undefined);
      if (bearers !== undefined) return inTurn(bearers, type);
    }
    return undefined;
  }

  /** `name.network` of whom an address belongs to, on the asker's networks. */
  nameOf(asker: NamedSandbox, key: string): string | undefined {
    for (const { networkId } of asker.endpoints) {
      const name = this.#networks.get(networkId)?.owners.get(key);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #add(containerId: string, { networkId, networkName, names, addresses }: NamedEndpoint): void {
    const network = this.#network(networkId);
    const parsed = addresses.flatMap((address) => tryParseAddress(address) ?? []);
    for (const name of names) {
      const key = name.toLowerCase();
      const bearers = network.bearers.get(key) ?? { byContainer: new Map(), turns: { ipv4: 0, ipv6: 0 } };
      bearers.byContainer.set(containerId, parsed);
      network.bearers.set(key, bearers);
    }
    if (names[0] === undefined) return;
    for (const address of parsed) network.owners.set(addressKey(address), `${names[0]}.${networkName}`);
  }

  #drop(containerId: string, { networkId, names, addresses }: NamedEndpoint): void {
    const network = this.#network(networkId);
    for (const name of names) {
      const key = name.toLowerCase();
      const bearers = network.bearers.get(key);
      bearers?.byContainer.delete(containerId);
      if (bearers?.byContainer.size === 0) network.bearers.delete(key);
    }
    for (const address of addresses)
      network.owners.delete(addressKey(tryParseAddress(address) ?? new Uint8Array()));
    if (network.bearers.size === 0) this.#networks.delete(networkId);
  }

  #network(id: string): NetworkNames {
    const known = this.#networks.get(id) ?? { bearers: new Map(), owners: new Map() };
    this.#networks.set(id, known);
    return known;
  }
}

function linkedName(asker: NamedSandbox, networkId: string, name: string): string {
  const link = asker.links.find((one) => one.networkId === networkId && one.alias.toLowerCase() === name);
  return (link?.target ?? name).toLowerCase();
}

function inTurn({ byContainer, turns }: Bearers, type: number): readonly Uint8Array[] {
  const all = [...byContainer.values()];
  const first = turns[type === recordType.aaaa ? 'ipv6' : 'ipv4']++ % all.length;
  return [...all.slice(first), ...all.slice(0, first)].flat();
}
