import { createHash } from 'node:crypto';
import type { Brand } from './brand.ts';
import { EngineError } from './errors.ts';

/** `sha256:` and 64 lower-case hex digits (OCI image-spec, descriptor.md). */
export type Digest = Brand<'Digest'>;
/** Digest of a layer's uncompressed tar. */
export type DiffId = Digest & Brand<'DiffId'>;
/** Digest that names a stack of layers (OCI image-spec, config.md, "Layer ChainID"). */
export type ChainId = Digest & Brand<'ChainId'>;

const pattern = /^sha256:[0-9a-f]{64}$/;

/** @throws EngineError invalid, when the text is not a sha256 digest */
export function parseDigest(text: string): Digest {
  const digest = tryParseDigest(text);
  if (digest === undefined) throw new EngineError('invalid', `invalid digest: ${text}`);
  return digest;
}

export function tryParseDigest(text: string): Digest | undefined {
  return pattern.test(text) ? (text as Digest) : undefined;
}

/** The 64 hex digits of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The sha256 digest of bytes or of a string's UTF-8 form. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest;
}

/** The chain id of layers from bottom to top; undefined for no layers. */
export function chainIdOf(diffIds: readonly DiffId[]): ChainId | undefined {
  let chain: Digest | undefined;
  for (const diffId of diffIds) chain = chain === undefined ? diffId : digestOf(`${chain} ${diffId}`);
  return chain as ChainId | undefined;
}
