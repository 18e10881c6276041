import { type AnyDigest, type Digest, EngineError, tryParseDigest } from '#base';
import { isRecord, optionalString, parseRecord, type WireRecord } from './decode.ts';
import { type Descriptor, decodeDescriptorBy } from './descriptor.ts';
import { isIndexType, isManifestType, mediaTypes } from './media-types.ts';

/** One image for one platform: its config and its layers from bottom to top. */
export interface ImageManifest<D extends AnyDigest = Digest> {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor<D>;
  readonly layers: readonly Descriptor<D>[];
}

/** One name for several platforms. */
export interface ImageIndex<D extends AnyDigest = Digest> {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor<D>[];
}

/** Docker's words. */
const schema1Text =
  'support for Docker Image Format v1 and Docker Image manifest version 2, schema 1 has been removed. ' +
  'More information at https://docs.docker.com/go/deprecated-image-specs/';

/**
 * Reads a manifest or index, Docker's or OCI's. The document's own media type wins over the one it came with.
 * @throws EngineError invalid, for other documents and for malformed ones
 */
export function parseManifest(content: Uint8Array, servedAs = ''): ImageManifest | ImageIndex {
  return parseManifestBy(tryParseDigest, content, servedAs);
}

/** The same of a document with digests that `tryParse` takes. */
export function parseManifestBy<D extends AnyDigest>(
  tryParse: (text: string) => D | undefined,
  content: Uint8Array,
  servedAs: string,
): ImageManifest<D> | ImageIndex<D> {
  const record = parseRecord(content, 'manifest');
  if (record.schemaVersion === 1) throw new EngineError('invalid', schema1Text);
  const mediaType = optionalString(record, 'mediaType') ?? (servedAs || inferType(record));
  const decode = (value: unknown) => decodeDescriptorBy(value, tryParse);
  if (isIndexType(mediaType)) {
    return { kind: 'index', mediaType, manifests: decodeList(record, 'manifests', decode) };
  }
  if (isManifestType(mediaType)) {
    const config = decode(record.config);
    return { kind: 'manifest', mediaType, config, layers: decodeList(record, 'layers', decode) };
  }
  throw new EngineError('invalid', `unsupported manifest media type and no default available: ${mediaType}`);
}

function inferType(record: WireRecord): string {
  if (Array.isArray(record.manifests)) return mediaTypes.ociIndex;
  return isRecord(record.config) ? mediaTypes.ociManifest : '';
}

function decodeList<T>(record: WireRecord, key: string, decode: (value: unknown) => T): T[] {
  const list = record[key];
  if (!Array.isArray(list)) throw new EngineError('invalid', `invalid manifest: ${key} is not a list`);
  return list.map(decode);
}
