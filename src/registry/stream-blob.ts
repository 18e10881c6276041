import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyDigest, EngineError } from '#base';
import type { Descriptor } from '#oci';
import { Interrupted, Unreachable } from './http/unreachable.ts';
import type { OnWait, Patience } from './patience.ts';
import type { Session } from './session.ts';
import type { BlobReading, RegistryResponse } from './types.ts';

const unheard: OnWait = () => {};

/**
 * The bytes of a blob from `from` on. A cut connection is taken up where it was; when an endpoint has failed for
 * good, the next one goes on.
 * @throws EngineError, when the last one refuses, sends too much, or is cut too often
 */
export async function* streamBlob(
  sessions: readonly Session[],
  descriptor: Descriptor<AnyDigest>,
  { from = 0, onWait = unheard }: BlobReading,
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let received = from;
  let failure: unknown;
  for (const session of sessions) {
    try {
      for await (const chunk of streamFrom(session, descriptor, received, { ...patience, onWait }, signal)) {
        received += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      failure ??= error;
    }
  }
  throw failure;
}

async function* streamFrom(
  session: Session,
  { digest, size }: Descriptor<AnyDigest>,
  offset: number,
  { attempts, retryDelayMs, onWait }: Required<Patience>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let received = offset;
  for (let fruitless = 0; received < size; fruitless++) {
    const before = received;
    try {
      const { body, isSized } = await openFrom(session, `blobs/${digest}`, received, { signal, onWait });
      for await (const chunk of body) {
        received += chunk.length;
        yield chunk;
      }
      if (received < size && isSized) throw tooShort(digest, received, size);
      if (received < size) throw new Interrupted('unexpected EOF');
    } catch (error) {
      if (received > before) fruitless = 0;
      // A registry that was there a moment ago is being started anew.
      const mayPass = error instanceof Interrupted || (error instanceof Unreachable && session.hasAnswered);
      if (!mayPass || fruitless + 1 >= attempts) throw error;
      const waitMs = retryDelayMs * 2 ** fruitless;
      onWait(waitMs);
      await sleep(waitMs, undefined, { signal });
    }
  }
}

async function openFrom(
  session: Session,
  path: string,
  offset: number,
  { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: OnWait },
): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly isSized: boolean }> {
  const range: Record<string, string> = offset === 0 ? {} : { Range: `bytes=${offset}-` };
  const response = await session.getOnce(path, range, signal, onWait);
  const body = offset > 0 && response.status === 200 ? skip(response, offset) : response.body;
  return { body, isSized: response.header('content-length') !== undefined };
}

/** All came that the registry has: asking again brings no more. */
function tooShort(digest: string, bytes: number, announced: number): EngineError {
  return new EngineError(
    'corrupt',
    `unexpected EOF: blob ${digest} has ${bytes} bytes, ${announced} were announced`,
  );
}

/** For registries that know no ranges. */
async function* skip(response: RegistryResponse, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of response.body) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
