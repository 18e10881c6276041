import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, errorKind } from '#base';
import type { Descriptor } from '#oci';
import type { Session } from './session.ts';
import type { RegistryResponse } from './types.ts';

/** How long a download is tried. */
export interface Patience {
  /** How often it may be cut without having brought a byte. */
  readonly attempts: number;
  /** The first wait before it is taken up again; later ones double. */
  readonly retryDelayMs: number;
}

/**
 * The bytes of a blob. A cut connection is taken up where it was.
 * @throws EngineError, when the registry refuses, sends too much, or is cut too often
 */
export async function* streamBlob(
  session: Session,
  { digest, size }: Descriptor,
  { attempts, retryDelayMs }: Patience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for (let fruitless = 0; received < size; fruitless++) {
    const before = received;
    try {
      for await (const chunk of await openFrom(session, `blobs/${digest}`, received, signal)) {
        received += chunk.length;
        yield chunk;
      }
      if (received < size) throw new EngineError('unavailable', 'unexpected EOF');
    } catch (error) {
      if (received > before) fruitless = 0;
      if (signal.aborted || isFinal(error) || fruitless + 1 >= attempts) throw error;
      await sleep(retryDelayMs * 2 ** fruitless, undefined, { signal });
    }
  }
}

async function openFrom(
  session: Session,
  path: string,
  offset: number,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const range: Record<string, string> = offset === 0 ? {} : { Range: `bytes=${offset}-` };
  const response = await session.get(path, range, signal);
  return offset > 0 && response.status === 200 ? skip(response, offset) : response.body;
}

/** For registries that know no ranges. */
async function* skip(response: RegistryResponse, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of response.body) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** What the registry has decided does not change by asking again. */
function isFinal(error: unknown): boolean {
  return error instanceof EngineError && errorKind(error) !== 'unavailable';
}
