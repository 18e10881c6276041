import type { Transform, Writable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ByteSource, EngineError, errorMessage, freeBytes } from '#base';
import { unpackInThread } from './unpack/unpack-in-thread.ts';
import { dataFrames } from './zstd-data.ts';
import { looksLikeZstd, ZstdFrames } from './zstd-frames.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

const magics: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];
const magicBytes = 6;
const outputBytes = 256 * 1024;

/** What the first bytes of a stream say about it; six bytes are enough. */
export function detectCompression(head: Uint8Array): Compression {
  if (looksLikeZstd(head)) return 'zstd';
  const match = magics.find(([, magic]) => magic.every((byte, index) => head[index] === byte));
  return match?.[0] ?? 'none';
}

/**
 * The plain form of a stream that may be compressed by gzip, zstd, bzip2 or xz, told apart by its first bytes.
 * Inflating runs outside the caller's thread. A piece is only valid until the next one is asked for. Ending the
 * iteration early ends the source too.
 * @throws EngineError invalid, while iterating, when the compressed bytes are broken or cut
 */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { compression, bytes } = await detectStream(source);
  yield* plainForm(bytes, compression);
}

/** The same for who says where the bytes go; what is not compressed passes as it comes. The caller disposes of both. */
export async function plainSource(source: ByteSource): Promise<ByteSource> {
  const compression = detectCompression(await source.peek(magicBytes));
  return compression === 'none' ? source : new ByteSource(plainForm(source.pieces(), compression));
}

/**
 * How a stream is compressed, and all of its bytes. Iterating them, or calling `return` on them, is the caller's
 * duty from here on.
 */
export async function detectStream(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly compression: Compression; readonly bytes: AsyncGenerator<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const head = await readHead(iterator);
  return { compression: detectCompression(head), bytes: rejoin(head, iterator) };
}

/**
 * A stream without its compression. A piece is only valid until the next one is asked for, of the source and of this.
 * @throws EngineError invalid, while iterating, when the bytes are broken or cut
 */
export function plainForm(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncIterable<Uint8Array> {
  if (compression === 'none') return source;
  if (compression === 'gzip') return inflate(source, createGunzip({ chunkSize: outputBytes }));
  if (compression === 'zstd') {
    return readsManyFrames ? inflate(wholeFrames(source), zstdDecoder()) : inflateEachFrame(source);
  }
  return unpackInThread(source, compression);
}

async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < magicBytes) {
    const next = await iterator.next();
    if (next.done) break;
    // One that is too short is copied: it goes when the next one is asked for.
    const isEnough = head.length === 0 && next.value.length >= magicBytes;
    head = isEnough ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* rejoin(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Bun's decoder goes on after the first frame; Node's ends, and gets a new one for each of possibly thousands. */
const readsManyFrames = process.versions.bun !== undefined;

async function* wholeFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  for await (const piece of source) {
    frames.push(piece);
    yield piece;
  }
  frames.finish();
}

async function* inflateEachFrame(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const frame of dataFrames(source)) yield* inflate(frame, zstdDecoder());
}

function zstdDecoder(): Transform {
  return createZstdDecompress({ chunkSize: outputBytes });
}

async function* inflate(source: AsyncIterable<Uint8Array>, inflater: Transform): AsyncGenerator<Uint8Array> {
  let sourceError: unknown;
  const fed = feed(source, inflater).catch((error: unknown) => {
    sourceError = error;
    inflater.destroy();
  });
  try {
    for await (const chunk of inflater) {
      const { buffer, byteOffset, length } = chunk as Uint8Array;
      yield chunk as Uint8Array;
      // A decoder fills a buffer from its front: who has had its end has had all of it.
      if (byteOffset + length === buffer.byteLength) freeBytes(new Uint8Array(buffer));
    }
  } catch (error) {
    throw sourceError ?? new EngineError('invalid', explain(error), { cause: error });
  } finally {
    inflater.destroy();
    await fed;
  }
}

/** Piece by piece, each only when the one before has been worked on. @throws what the source throws */
async function feed(source: AsyncIterable<Uint8Array>, inflater: Writable): Promise<void> {
  let wake = () => {};
  // One that fails at a piece does not tell that it has taken it.
  inflater.once('close', () => wake());
  for await (const piece of source) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      inflater.write(piece, () => resolve());
    });
    if (inflater.destroyed) return;
  }
  inflater.end();
}

function explain(error: unknown): string {
  const message = errorMessage(error);
  return message === 'unexpected end of file' ? 'unexpected EOF' : message;
}
