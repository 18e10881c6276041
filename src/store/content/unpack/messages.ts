/** What no runtime reads by itself. */
export type RareCompression = 'xz' | 'bzip2';

/** To the thread that unpacks one stream. */
export type ToUnpacker =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  /** An output was used: one more is welcome. */
  | { readonly kind: 'used' };

export type FromUnpacker =
  /** A piece was worked on: the next one is welcome. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'output'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'done' }
  | { readonly kind: 'broken'; readonly message: string };
