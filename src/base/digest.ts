import { createHash } from 'node:crypto';
import type { Brand } from './brand.ts';
import { EngineError } from './errors.ts';

/** A digest by any algorithm that OCI registers (image-spec, descriptor.md): what a registry keeps for others. */
export type AnyDigest = Brand<'AnyDigest'>;
/** `sha256:` and 64 lower-case hex digits: what the engine names everything by. */
export type Digest = AnyDigest & Brand<'Digest'>;
/** Digest of a layer's uncompressed tar. */
export type DiffId = Digest & Brand<'DiffId'>;
/** Digest that names a stack of layers (OCI image-spec, config.md, "Layer ChainID"). */
export type ChainId = Digest & Brand<'ChainId'>;

export type DigestAlgorithm = 'sha256' | 'sha512';

const pattern = /^sha256:[0-9a-f]{64}$/;
const anyPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** @throws EngineError invalid, when the text is not a sha256 digest */
export function parseDigest(text: string): Digest {
  return parsed(text, tryParseDigest(text));
}

export function tryParseDigest(text: string): Digest | undefined {
  return pattern.test(text) ? (text as Digest) : undefined;
}

/** @throws EngineError invalid, when the text is no digest of a registered algorithm */
export function parseAnyDigest(text: string): AnyDigest {
  return parsed(text, tryParseAnyDigest(text));
}

export function tryParseAnyDigest(text: string): AnyDigest | undefined {
  return anyPattern.test(text) ? (text as AnyDigest) : undefined;
}

export function algorithmOf(digest: AnyDigest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The hex digits of a digest; their number tells the algorithm. */
export function digestHex(digest: AnyDigest): string {
  return digest.slice('sha256:'.length);
}

/** The digest with these hex digits; undefined for a text that is none's. */
export function digestOfHex(hex: string): AnyDigest | undefined {
  return tryParseAnyDigest(`${hex.length === 128 ? 'sha512' : 'sha256'}:${hex}`);
}

/** The sha256 digest of bytes or of a string's UTF-8 form. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest;
}

/** The digest of bytes or of a string's UTF-8 form by the algorithm of another digest. */
export function digestLike(other: AnyDigest, content: Uint8Array | string): AnyDigest {
  const algorithm = algorithmOf(other);
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}` as AnyDigest;
}

/** The chain id of layers from bottom to top; undefined for no layers. */
export function chainIdOf(diffIds: readonly DiffId[]): ChainId | undefined {
  let chain: Digest | undefined;
  for (const diffId of diffIds) chain = chain === undefined ? diffId : digestOf(`${chain} ${diffId}`);
  return chain as ChainId | undefined;
}

function parsed<D extends AnyDigest>(text: string, digest: D | undefined): D {
  if (digest === undefined) throw new EngineError('invalid', `invalid digest: ${text}`);
  return digest;
}
