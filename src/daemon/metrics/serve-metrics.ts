import type { Log } from '#base';
import { createHttpServer } from '#serve/http';
import type { MetricsAddress } from '../config/settings.ts';
import { expositionType, formatMetrics, type MetricFamily } from './exposition.ts';

/**
 * Answers `GET /metrics` at an address of its own, to whoever can reach it, until it is disposed of; nowhere without one.
 * @param collect called at every request
 * @throws when the address can't be had
 */
export async function serveMetrics(
  address: MetricsAddress | undefined,
  collect: () => readonly MetricFamily[],
  log: Log,
): Promise<AsyncDisposable> {
  const server = createHttpServer(async ({ method, path }, response) => {
    const found = path === '/metrics' && (method === 'GET' || method === 'HEAD');
    if (found) response.send(200, { 'Content-Type': expositionType }, formatMetrics(collect()));
    else response.send(404, { 'Content-Type': 'text/plain; charset=utf-8' }, '404 page not found\n');
  });
  if (address !== undefined) {
    await server.listen({ kind: 'tcp', ...address });
    log.info(`metrics listen on ${address.host}:${address.port}`);
  }
  return { [Symbol.asyncDispose]: () => server.close() };
}
