import type { AnyDigest, Digest } from '#base';

/** Blobs by digest: documents (manifests, indexes, configs), and layers in forms that nobody else has. */
export interface ContentStore {
  has(digest: Digest): boolean;
  /** The blob's length; undefined when it is not here. */
  sizeOf(digest: AnyDigest): number | undefined;
  /** A document's bytes. @throws EngineError notFound */
  read(digest: Digest): Uint8Array;
  /** A blob's bytes in large pieces, from `start` on. @throws EngineError notFound, at the first piece */
  stream(digest: Digest, options?: { readonly start?: number }): AsyncIterable<Uint8Array>;
  /**
   * Keeps a document; when it returns, the document survives a crash. Writing what is there is no work.
   * @throws EngineError corrupt, when the bytes do not have the expected digest
   */
  write(content: Uint8Array, expected?: Digest): Promise<Digest>;
  /** Starts to take in a blob of any length. */
  ingest(): Promise<BlobIngest>;
  /** Forgets a blob; one that is not there is no error. */
  delete(digest: AnyDigest): Promise<void>;
  /** Every digest that is kept. */
  list(): AnyDigest[];
}

/** A store in one folder of this machine, one file a blob. */
export interface BlobFolder extends ContentStore {
  /** Where a blob's bytes are, when they are here. */
  pathOf(digest: AnyDigest): string;
  /**
   * Takes over a whole file of the same file system, whose bytes the caller has found to have this digest; when it
   * resolves, it survives a crash. One that is there already is replaced.
   */
  adopt(file: string, digest: AnyDigest): Promise<void>;
}

/** One blob on its way in. Disposing it before `keep` resolved leaves nothing behind. */
export interface BlobIngest extends AsyncDisposable {
  /** Appends the next bytes, which must not change until it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Keeps the blob under a digest that the caller has verified; when it resolves it survives a crash. */
  keep(digest: Digest): Promise<void>;
}
