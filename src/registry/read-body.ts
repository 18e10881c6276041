import { EngineError } from '#base';
import type { RegistryResponse } from './types.ts';

/** Reads a body that must not be longer than `limitBytes`. @throws EngineError corrupt */
export async function readBody(response: RegistryResponse, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > limitBytes) throw new EngineError('corrupt', `answer of ${response.url.host} is too long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
