import { type DiffId, digestHex } from '#base';

const usualLength = 12;

/**
 * Names of layers short enough that the paths of many fit into one mount call: the first digits of the digest, and
 * more of them for a layer whose first digits another one has.
 */
export class ShortNames {
  readonly #owners = new Map<string, DiffId>();

  /** The name of a layer; stays the same until it is freed. */
  nameOf(diffId: DiffId): string {
    const hex = digestHex(diffId);
    for (let length = usualLength; ; length++) {
      const name = hex.slice(0, length);
      const owner = this.#owners.get(name) ?? diffId;
      if (owner !== diffId && length < hex.length) continue;
      this.#owners.set(name, diffId);
      return name;
    }
  }

  /** Takes over a name that is in use since before. */
  adopt(name: string, diffId: DiffId): void {
    this.#owners.set(name, diffId);
  }

  free(diffId: DiffId): void {
    for (const [name, owner] of this.#owners) if (owner === diffId) this.#owners.delete(name);
  }
}
