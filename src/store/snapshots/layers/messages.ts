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
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'abort' }
);

export type FromWorker = {
  readonly job: number;
} /** So many bytes were consumed: as many more are welcome. */ & (
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'done'; readonly outcome: LayerOutcome }
  | { readonly kind: 'failed'; readonly errorKind: ErrorKind; readonly message: string }
);
