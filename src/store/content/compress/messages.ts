/** How bytes may be compressed. */
export type CompressionFormat = 'gzip' | 'zstd';

/** A run of a file's bytes. */
export interface FileRun {
  readonly path: string;
  readonly start: number;
  readonly length: number;
}

/** What is compressed by itself; bytes are given away with their memory. */
export type Block = (FileRun | { readonly bytes: Uint8Array<ArrayBuffer> }) & {
  readonly format: CompressionFormat;
};

/** From the daemon's thread to one that compresses. */
export type ToCompressor = Block & { readonly job: number };

/** Its answer. */
export type FromCompressor = { readonly job: number } & (
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly message: string }
);
