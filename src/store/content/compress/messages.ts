/** How bytes may be compressed. */
export type CompressionFormat = 'gzip' | 'zstd';

/** A run of a file's bytes that is compressed by itself. */
export interface Block {
  readonly path: string;
  readonly start: number;
  readonly length: number;
  readonly format: CompressionFormat;
}

/** From the daemon's thread to one that compresses. */
export type ToCompressor = Block & { readonly job: number };

/** Its answer. */
export type FromCompressor = { readonly job: number } & (
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly message: string }
);
