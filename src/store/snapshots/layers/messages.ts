import type { DiffId, Digest, ErrorKind } from '#base';

/** What a layer turned out to be. */
export interface WrittenLayer {
  readonly diffId: DiffId;
  /** Digest and length of the bytes as they came. */
  readonly wireDigest: Digest;
  readonly wireBytes: number;
  readonly tarBytes: number;
  readonly sizeBytes: number;
}

/** From the daemon's thread to a layer worker; `job` tells apart the layers that are written at the same time. */
export type ToWorker = { readonly job: number } & (
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'abort' }
);

export type FromWorker = {
  readonly job: number;
} /** So many bytes were consumed: as many more are welcome. */ & (
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'written'; readonly layer: WrittenLayer }
  | { readonly kind: 'failed'; readonly errorKind: ErrorKind; readonly message: string }
);
