import type { AnyDigest } from '#base';

/** Documents that were read lately, up to a number of bytes; the one that was not asked for longest goes first. */
export class DocumentCache {
  readonly #limitBytes: number;
  readonly #documents = new Map<AnyDigest, Uint8Array>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(digest: AnyDigest): Uint8Array | undefined {
    const document = this.#documents.get(digest);
    if (document === undefined) return undefined;
    this.#documents.delete(digest);
    this.#documents.set(digest, document);
    return document;
  }

  set(digest: AnyDigest, document: Uint8Array): void {
    this.delete(digest);
    this.#documents.set(digest, document);
    this.#bytes += document.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#bytes <= this.#limitBytes) break;
      this.delete(oldest);
    }
  }

  delete(digest: AnyDigest): void {
    this.#bytes -= this.#documents.get(digest)?.length ?? 0;
    this.#documents.delete(digest);
  }
}
