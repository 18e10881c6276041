import type { Digest } from '#base';

/** What a blob is known by at a registry. */
export interface BlobName {
  readonly digest: Digest;
  readonly size: number;
}

/** A blob to upload. */
export interface UploadSource {
  /** Given when it is known beforehand; else it shows at the end of the bytes. */
  readonly blob?: BlobName;
  /**
   * The bytes from a position on. After a cut they are read again from where the registry has them, which is no
   * further than they were read before; they must be the same then.
   */
  read(from: number): AsyncIterable<Uint8Array>;
}

/** How long a failing upload is tried, and who hears of the waits between. */
export interface UploadPatience {
  /** How often in a row it may fail without having brought a byte. */
  readonly attempts: number;
  /** The first wait before the next try; later ones double. */
  readonly retryDelayMs: number;
  readonly onWait: (waitMs: number) => void;
}
