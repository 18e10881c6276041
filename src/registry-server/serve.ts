import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { createLog, EngineError, errorMessage, type Log } from '#base';
import { createHttpServer, type HttpHandler, type HttpServer } from '#serve/http';
import { createFace, nothingFurther } from './face.ts';
import { buildHouse, type House } from './house.ts';
import type { ListenPlace, RegistrySettings, TlsFiles } from './settings/settings.ts';
import { openAuditLog } from './watch/audit-log.ts';
import type { Observer } from './watch/exchanged.ts';

/** What the outside tells a running server. */
export interface ServerSignals {
  readonly stop: AbortSignal;
  /** Calls back whenever files that somebody may have moved away are to be opened anew. */
  onReopen(act: () => void): void;
}

/** Serves until it is told to stop; running requests may then go on for a while. */
export async function serve(settings: RegistrySettings, signals: ServerSignals): Promise<void> {
  const log = createLog(() => settings.logLevel, settings.logFormat);
  const tls = settings.tls && loadTls(settings.tls);
  await using house = await buildHouse(settings, log);
  using audit = settings.auditLog === undefined ? undefined : openAuditLog(settings.auditLog, log);
  signals.onReopen(() => audit?.reopen());
  const observers: Observer[] = [(exchanged) => house.metrics.observe(exchanged)];
  if (audit !== undefined) observers.push((exchanged) => audit.note(exchanged));
  const check = () => house.storage.check();
  const face = createFace({ api: house.api, observers, check, further: nothingFurther, log });
  const server = createHttpServer(face);
  await using _server = { [Symbol.asyncDispose]: () => server.close() };
  const metrics = createHttpServer(tellMetrics(house));
  await using _metrics = { [Symbol.asyncDispose]: () => metrics.close() };
  for (const place of settings.listen) await listen(server, place, { tls, what: 'registry', log });
  if (settings.metrics) await listen(metrics, settings.metrics, { tls: undefined, what: 'metrics', log });
  await until(signals.stop);
  log.info('stopping');
  await server.drain(AbortSignal.timeout(settings.stopTimeoutMs));
}

/** Reads the files. @throws EngineError invalid, for files that are missing or do not fit each other */
export function loadTls({ certificate, key, clientAuthority }: TlsFiles): SecureContextOptions {
  try {
    const pair = { cert: readFileSync(certificate), key: readFileSync(key) };
    createSecureContext(pair);
    return clientAuthority === undefined ? pair : { ...pair, ca: readFileSync(clientAuthority) };
  } catch (cause) {
    throw new EngineError('invalid', `TLS can't be set up: ${errorMessage(cause)}`, { cause });
  }
}

interface ListenOptions {
  readonly tls: SecureContextOptions | undefined;
  readonly what: string;
  readonly log: Log;
}

async function listen(
  server: HttpServer,
  place: ListenPlace,
  { tls, what, log }: ListenOptions,
): Promise<void> {
  const bound = await server.listen({ kind: 'tcp', ...place, ...(tls !== undefined && { tls }) });
  if (bound.kind === 'tcp')
    log.info(`${what} listens`, { host: bound.host, port: bound.port, tls: tls !== undefined });
}

function tellMetrics({ metrics }: House): HttpHandler {
  return async (request, response) => {
    if (request.path !== '/metrics') return nothingFurther(request, response);
    response.send(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }, metrics.format());
  };
}

function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
