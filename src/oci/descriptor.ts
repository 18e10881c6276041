import { type AnyDigest, type Digest, EngineError, tryParseDigest } from '#base';
import { isRecord, optionalString, type WireRecord } from './decode.ts';
import { decodePlatform, type Platform } from './platform.ts';

/** Names a blob: what it is, its digest and its exact length (OCI image-spec, descriptor.md). */
export interface Descriptor<D extends AnyDigest = Digest> {
  readonly mediaType: string;
  readonly digest: D;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** @throws EngineError invalid, when a required field is missing or malformed */
export function decodeDescriptor(value: unknown): Descriptor {
  return decodeDescriptorBy(value, tryParseDigest);
}

/** The same of a descriptor with a digest that `tryParse` takes. */
export function decodeDescriptorBy<D extends AnyDigest>(
  value: unknown,
  tryParse: (text: string) => D | undefined,
): Descriptor<D> {
  if (!isRecord(value)) throw new EngineError('invalid', 'invalid descriptor: not an object');
  const digest = tryParse(String(value.digest));
  if (digest === undefined) throw new EngineError('invalid', `invalid digest: ${String(value.digest)}`);
  const size = value.size;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new EngineError('invalid', `invalid size of ${digest}: ${String(size)}`);
  }
  return {
    mediaType: optionalString(value, 'mediaType') ?? '',
    digest,
    size,
    ...(isRecord(value.platform) && { platform: decodePlatform(value.platform) }),
    ...(isRecord(value.annotations) && { annotations: decodeAnnotations(value.annotations) }),
  };
}

function decodeAnnotations(value: WireRecord): Record<string, string> {
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
