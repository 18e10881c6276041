import { createReadStream } from 'node:fs';
import type { ImageArchive } from '#engine/images';

/** An archive's bytes in pieces; the archive is disposed of by who has it, later. */
export async function* archiveBytes({ parts }: ImageArchive): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* createReadStream(part.path, { end: part.sizeBytes - 1 });
  }
}
