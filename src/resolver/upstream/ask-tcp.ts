import { connectInside } from '#linux';
import { Framing, frame } from '../message/framing.ts';
import { type Attempt, dnsPort } from './types.ts';

/** The same as askByUdp() over a connection of its own. */
export async function askByTcp(
  message: Uint8Array,
  { server, pid, timeoutMs }: Attempt,
  isAnswer: (message: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const connection = await connectInside(pid, { ...server, port: dnsPort }, limit);
    const onLate = () => void connection.destroy();
    limit.addEventListener('abort', onLate, { once: true });
    try {
      connection.write(frame(message));
      const framing = new Framing();
      for await (const chunk of connection) {
        const answer = framing.take(chunk).find(isAnswer);
        if (answer !== undefined) return answer;
      }
    } finally {
      limit.removeEventListener('abort', onLate);
      connection.destroy();
    }
  } catch {
    // A server that can't be reached, or is late, has no answer.
  }
  return undefined;
}
