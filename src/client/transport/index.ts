/**
 * transport: byte connections to an endpoint, with backpressure and half-close.
 * Implementations of one interface: Bun's own sockets (they start sooner), node:net (any runtime, and
 * TLS), and the streams of an ssh process. Knows nothing of HTTP.
 */
import type { Wire } from '#http1';
import { ConnectionError, type Endpoint } from '../types.ts';
import { bunAvailable, connectBun } from './bun-wire.ts';

/** @throws ConnectionError with the stock client's words, when nobody can be reached */
export async function connectWire(endpoint: Endpoint): Promise<Wire> {
  try {
    if (endpoint.kind === 'ssh') {
      const { connectSsh } = await import('./ssh-wire.ts');
      return await connectSsh(endpoint);
    }
    if (bunAvailable && !(endpoint.kind === 'tcp' && endpoint.tls)) return await connectBun(endpoint);
    const { connectNode } = await import('./node-wire.ts');
    return await connectNode(endpoint);
  } catch (error) {
    throw connectionError(endpoint, error);
  }
}

function connectionError(endpoint: Endpoint, cause: unknown): ConnectionError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EACCES') {
    const text = `permission denied while trying to connect to the Docker daemon socket at ${endpoint.text}`;
    return new ConnectionError(text, false, cause);
  }
  const text = `Cannot connect to the Docker daemon at ${endpoint.text}. Is the docker daemon running?`;
  return new ConnectionError(text, true, cause);
}
