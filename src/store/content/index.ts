/**
 * store/content: blobs by digest: manifests, indexes and configs, and layers in forms that are worth keeping.
 *
 * Life cycle: the daemon opens it on a folder of the data root; opening removes what a killed daemon left half
 * written. A document appears under its name only when it is whole. Beside it: telling how a stream is compressed,
 * and undoing it.
 *
 * It does not keep layers (store/snapshots does), knows no references between documents and collects no garbage:
 * the rooms above delete what they no longer name.
 */
export { openContent } from './blob-folder.ts';
export { compressStream } from './compress/compress-stream.ts';
export { CompressedFile } from './compress/compressed-file.ts';
export { Compressors } from './compress/compressors.ts';
export type { CompressionFormat } from './compress/messages.ts';
export {
  type Compression,
  decompress,
  detectCompression,
  detectStream,
  plainForm,
  plainSource,
} from './decompress.ts';
export type { BlobFolder, BlobIngest, ContentStore } from './types.ts';
