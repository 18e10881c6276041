import type { DiffId, Digest, ErrorKind } from '#base';

/** What a layer turned out to be. */
export interface WrittenLayer {
  readonly diffId: DiffId;
  readonly tarBytes: number;
  readonly sizeBytes: number;
}

/** What came of a stream that was read to its end; it may have been no sound layer. */
export type LayerOutcome = WireSummary &
  (({ readonly kind: 'written' } & WrittenLayer) | { readonly kind: 'broken'; readonly reason: string });

/** Digest and length of the bytes as they came. */
export interface WireSummary {
  readonly wireDigest: Digest;
  readonly wireBytes: number;
}

/** From the daemon's thread to a layer worker; `job` tells apart the layers that are written at the same time. */
export type ToWorker = { readonly job: number } & (
  | { readonly kind: 'open'; readonly folder: string }
  /** The first `length` bytes of a buffer that comes back when they are done with. */
  | { readonly kind: 'chunk'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'abort' }
);

export type FromWorker = { readonly job: number } & (
  | { readonly kind: 'taken'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'done'; readonly outcome: LayerOutcome }
  | { readonly kind: 'failed'; readonly errorKind: ErrorKind; readonly message: string }
);
