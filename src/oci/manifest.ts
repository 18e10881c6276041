import { EngineError } from '#base';
import { isRecord, optionalString, parseRecord, type WireRecord } from './decode.ts';
import { type Descriptor, decodeDescriptor } from './descriptor.ts';
import { isIndexType, isManifestType, mediaTypes } from './media-types.ts';

/** One image for one platform: its config and its layers from bottom to top. */
export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** One name for several platforms. */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
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
  const record = parseRecord(content, 'manifest');
  if (record.schemaVersion === 1) throw new EngineError('invalid', schema1Text);
  const mediaType = optionalString(record, 'mediaType') ?? (servedAs || inferType(record));
  if (isIndexType(mediaType)) {
    return { kind: 'index', mediaType, manifests: decodeList(record, 'manifests') };
  }
  if (isManifestType(mediaType)) {
    const config = decodeDescriptor(record.config);
    return { kind: 'manifest', mediaType, config, layers: decodeList(record, 'layers') };
  }
  throw new EngineError('invalid', `unsupported manifest media type and no default available: ${mediaType}`);
}

function inferType(record: WireRecord): string {
  if (Array.isArray(record.manifests)) return mediaTypes.ociIndex;
  return isRecord(record.config) ? mediaTypes.ociManifest : '';
}

function decodeList(record: WireRecord, key: string): Descriptor[] {
  const list = record[key];
  if (!Array.isArray(list)) throw new EngineError('invalid', `invalid manifest: ${key} is not a list`);
  return list.map(decodeDescriptor);
}
