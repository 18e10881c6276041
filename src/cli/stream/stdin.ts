import { read } from 'node:fs';

/** Files come in few large reads, each of which is a trip to another thread; a pipe gives what it has. */
const chunkBytes = 256 << 10;

/** Standard input that is not a terminal (pipe, file, socket); see `readDescriptor`. */
export function readStdin(): AsyncGenerator<Uint8Array, void> {
  return readDescriptor(0);
}

/**
 * What a descriptor gives, chunk by chunk to its end; a chunk is overwritten by the next one. A read in progress does
 * not hold the program when it exits.
 */
export async function* readDescriptor(fd: number): AsyncGenerator<Uint8Array, void> {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  for (;;) {
    const chunk = await readChunk(fd, buffer);
    if (chunk.length === 0) return;
    yield chunk;
  }
}

function readChunk(fd: number, buffer: Buffer): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const attempt = () =>
      read(fd, buffer, 0, chunkBytes, null, (error, count) => {
        if (error === null) resolve(buffer.subarray(0, count));
        else if (error.code === 'EAGAIN') setTimeout(attempt, retryMs);
        else if (error.code === 'EOF') resolve(buffer.subarray(0, 0));
        else reject(error);
      });
    attempt();
  });
}

/** A descriptor that another program made non-blocking can only be asked again. */
const retryMs = 10;
