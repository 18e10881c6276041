import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionFormat } from './messages.ts';

interface GzipOptions {
  readonly level: 0 | 1;
  readonly library: 'libdeflate';
}

/** Bun brings libdeflate, which at its first level takes half of the time that zlib's fourth takes for as much. */
declare const Bun:
  | undefined
  | { gzipSync(bytes: Uint8Array<ArrayBuffer>, options: GzipOptions): Uint8Array<ArrayBuffer> };

const zlibLevel = 4;
/** To see whether a block shrinks some samples of it are compressed; shorter ones are not worth the question. */
const sampleBytes = 4 << 10;
const sampleCount = 4;
const smallestSampled = 64 << 10;
/** What does not shrink to this is stored: it takes a tenth of the time, of whoever reads it too. */
const worthwhileShare = 0.97;

/**
 * The bytes as one whole gzip member or zstd frame: what stands one behind the other is again a gzip or zstd stream.
 * The same bytes always give the same ones in one build of the program, on every machine.
 */
export function encodeBlock(bytes: Uint8Array<ArrayBuffer>, format: CompressionFormat): Uint8Array {
  if (format === 'zstd') return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  return gzipMember(bytes, shrinks(bytes));
}

function shrinks(bytes: Uint8Array<ArrayBuffer>): boolean {
  if (bytes.length < smallestSampled) return true;
  const stride = Math.floor(bytes.length / sampleCount);
  let packedBytes = 0;
  for (let index = 0; index < sampleCount; index++) {
    const start = index * stride;
    packedBytes += gzipMember(bytes.subarray(start, start + sampleBytes), true).length;
  }
  return packedBytes < sampleCount * sampleBytes * worthwhileShare;
}

function gzipMember(bytes: Uint8Array<ArrayBuffer>, isPacked: boolean): Uint8Array {
  if (typeof Bun !== 'undefined')
    return Bun.gzipSync(bytes, { level: isPacked ? 1 : 0, library: 'libdeflate' });
  return gzipSync(bytes, { level: isPacked ? zlibLevel : 0 });
}
