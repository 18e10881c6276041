import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError, errorMessage } from '#base';
import type { HttpVertex } from '../graph/types.ts';

/**
 * Downloads one file to a path, readable by its owner alone, with the time that the server says it has.
 * @throws EngineError unavailable, when it can't be had; invalid, when it is not what its checksum says
 */
export async function download(
  { url, checksum }: HttpVertex,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const response = await request(url, signal);
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(piece, _, done) {
      hash.update(piece);
      done(null, piece);
    },
  });
  const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
  try {
    await pipeline(body, hashing, createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new EngineError('unavailable', `failed to download ${url}: ${errorMessage(cause)}`, { cause });
  }
  const digest = `sha256:${hash.digest('hex')}`;
  if (checksum !== undefined && digest !== checksum) {
    throw new EngineError('invalid', `digest mismatch ${digest}: ${checksum}`);
  }
  const modified = timeOf(response.headers.get('last-modified'));
  await utimes(path, modified, modified);
}

async function request(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    // The file itself: its bytes are not to be unpacked on the way.
    response = await fetch(url, { signal, headers: { 'Accept-Encoding': 'identity' } });
  } catch (cause) {
    signal.throwIfAborted();
    throw new EngineError('unavailable', `failed to load ${url}: ${errorMessage(cause)}`, { cause });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new EngineError('unavailable', `failed to load ${url}: invalid response status ${response.status}`);
}

/** Seconds since 1970; 0 when the server does not say. */
function timeOf(text: string | null): number {
  const timeMs = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(timeMs) ? 0 : Math.floor(timeMs / 1000);
}
