/** The thread that blocks are compressed in: a separate entry point, started by Compressors. */
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { errorMessage } from '#base';
import { encodeBlock } from './encode-block.ts';
import type { Block, FileRun, FromCompressor, ToCompressor } from './messages.ts';

/** Read into again and again, so that a thread's memory is that of one block. */
let buffer = new Uint8Array(0);

parentPort?.on('message', ({ job, ...block }: ToCompressor) => {
  const answer = compress(block, job);
  parentPort?.postMessage(answer, answer.kind === 'done' ? [answer.bytes.buffer] : []);
});

function compress(block: Block, job: number): FromCompressor {
  try {
    const bytes = 'bytes' in block ? block.bytes : readRun(block);
    return { job, kind: 'done', bytes: ownBytes(encodeBlock(bytes, block.format)) };
  } catch (error) {
    return { job, kind: 'failed', message: errorMessage(error) };
  }
}

/** Bytes that can be given away with their memory: a copy where this is part of a pool. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

function readRun({ path, start, length }: FileRun): Uint8Array<ArrayBuffer> {
  if (buffer.length < length) buffer = new Uint8Array(length);
  const fd = openSync(path, 'r');
  try {
    let done = 0;
    while (done < length) {
      const read = readSync(fd, buffer, done, length - done, start + done);
      if (read === 0) throw new Error(`${path} ends early`);
      done += read;
    }
  } finally {
    closeSync(fd);
  }
  return buffer.subarray(0, length);
}
