import type { Digest } from '#base';

/** Small documents (manifests, indexes, configs) by digest. Layers are not kept here. */
export interface ContentStore {
  has(digest: Digest): boolean;
  /** The document's bytes. @throws EngineError notFound */
  read(digest: Digest): Uint8Array;
  /**
   * Keeps a document; when it returns, the document survives a crash. Writing what is there is no work.
   * @throws EngineError corrupt, when the bytes do not have the expected digest
   */
  write(content: Uint8Array, expected?: Digest): Promise<Digest>;
  /** Forgets a document; one that is not there is no error. */
  delete(digest: Digest): Promise<void>;
  /** Every digest that is kept. */
  list(): Digest[];
}
