import type { Digest } from '#base';

/** Documents that were read lately, up to a number of bytes; the one that was not asked for longest goes first. */
export class DocumentCache {
  readonly #limitBytes: number;
  readonly #documents = new Map<Digest, Uint8Array>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(digest: Digest): Uint8Array | undefined {
    const document = this.#documents.get(digest);
    if (document === undefined) return undefined;
    this.#documents.delete(digest);
    this.#documents.set(digest, document);
    return document;
  }

  set(digest: Digest, document: Uint8Array): void {
    this.delete(digest);
    this.#documents.set(digest, document);
    this.#bytes += document.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#bytes <= this.#limitBytes) break;
      this.delete(oldest);
    }
  }

  delete(digest: Digest): void {
    this.#bytes -= this.#documents.get(digest)?.length ?? 0;
    this.#documents.delete(digest);
  }
}
