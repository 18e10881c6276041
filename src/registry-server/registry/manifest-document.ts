import { type AnyDigest, EngineError, tryParseAnyDigest } from '#base';
import { type Descriptor, decodeDescriptorBy, isIndexType, isManifestType, parseManifestBy } from '#oci';
import { Refusal } from '../refusal.ts';

/** What the registry has to know of a manifest or index. */
export interface ManifestDocument {
  readonly mediaType: string;
  /** Config and layers, without layers that are kept elsewhere. */
  readonly blobs: readonly Descriptor<AnyDigest>[];
  /** The manifests of an index. */
  readonly manifests: readonly Descriptor<AnyDigest>[];
  readonly artifactType: string | undefined;
  readonly subject: AnyDigest | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

const schema1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

/** Reads a manifest as it was pushed. @throws Refusal MANIFEST_INVALID */
export function readManifest(content: Uint8Array, contentType: string): ManifestDocument {
  const servedAs = contentType.split(';')[0]?.trim() ?? '';
  if (schema1.test(servedAs)) throw invalid('manifests of schema version 1 are not supported');
  if (servedAs !== '' && !isIndexType(servedAs) && !isManifestType(servedAs)) {
    throw invalid(`unsupported manifest media type: ${servedAs}`);
  }
  const record = parseObject(content);
  if (record.schemaVersion !== 2) throw invalid('manifest schema version must be 2');
  if (servedAs !== '' && record.mediaType !== undefined && record.mediaType !== servedAs) {
    throw invalid('the media type of the manifest is not the one that it came with');
  }
  return describe(content, servedAs, record);
}

function describe(
  content: Uint8Array,
  servedAs: string,
  record: Readonly<Record<string, unknown>>,
): ManifestDocument {
  const manifest = decoded(() => parseManifestBy(tryParseAnyDigest, content, servedAs));
  const subject = record.subject ?? undefined;
  const annotations = asTexts(record.annotations);
  const ownType = typeof record.artifactType === 'string' ? record.artifactType : undefined;
  const shared = {
    mediaType: manifest.mediaType,
    subject:
      subject === undefined
        ? undefined
        : decoded(() => decodeDescriptorBy(subject, tryParseAnyDigest)).digest,
    annotations,
  };
  if (manifest.kind === 'index') {
    return { ...shared, blobs: [], manifests: manifest.manifests, artifactType: ownType };
  }
  const elsewhere = foreignLayers(record.layers);
  const layers = manifest.layers.filter(({ digest }) => !elsewhere.has(digest));
  const artifactType = ownType ?? manifest.config.mediaType;
  return { ...shared, blobs: [manifest.config, ...layers], manifests: [], artifactType };
}

/** Layers that name other places to be got from need not be here. */
function foreignLayers(layers: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  for (const layer of Array.isArray(layers) ? layers : []) {
    if (Array.isArray(layer.urls) && layer.urls.length > 0) found.add(String(layer.digest));
  }
  return found;
}

function parseObject(content: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new Refusal('MANIFEST_INVALID', 'the manifest is not JSON', { cause });
  }
  throw invalid('the manifest is not an object');
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof EngineError) throw new Refusal('MANIFEST_INVALID', cause.message, { cause });
    throw cause;
  }
}

function asTexts(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): Refusal {
  return new Refusal('MANIFEST_INVALID', message);
}
