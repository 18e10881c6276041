import type { AnyDigest } from '#base';

/** Bytes of a blob from `offset` on. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A blob that is being read. */
export interface OpenBlob extends Disposable {
  readonly size: number;
  /** A descriptor of a file with the blob's bytes, of drivers that have one; closed when the blob is disposed of. */
  readonly fd?: number;
  /** @throws what the driver's medium throws, also in the middle */
  read(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface StoredBlob {
  readonly digest: AnyDigest;
  readonly modifiedMs: number;
}

/**
 * Where the bytes of blobs are, whatever they mean and whoever owns them. Nothing that appears here is ever changed;
 * every call may be cut off at any point and leaves whole blobs only.
 */
export interface BlobStorage {
  /** @throws EngineError notFound */
  open(digest: AnyDigest): Promise<OpenBlob>;
  /**
   * Stores a whole file of this machine under the digest that the caller has found its bytes to have, and takes it
   * away from where it was. Survives a crash once it resolves; storing what is there is no error.
   */
  adopt(file: string, digest: AnyDigest): Promise<void>;
  /** Deleting what is not there is no error. */
  delete(digest: AnyDigest): Promise<void>;
  list(): AsyncIterable<StoredBlob>;
  /** @throws when blobs can't be stored or read now */
  check(): Promise<void>;
  close(): void;
}
