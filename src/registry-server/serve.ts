import { createLog, type Log } from '#base';
import { createHttpServer, type HttpHandler, type HttpServer } from '#serve/http';
import { addressBehind } from './access/client-address.ts';
import { createFace } from './face.ts';
import { buildHouse, type House } from './house.ts';
import type { ListenPlace, RegistrySettings } from './settings/settings.ts';
import { loadTls, watchTls } from './settings/tls.ts';
import { openAuditLog } from './watch/audit-log.ts';
import type { Observer } from './watch/exchanged.ts';

/** What the outside tells a running server. */
export interface ServerSignals {
  readonly stop: AbortSignal;
  /** Calls back whenever files that somebody may have moved away or replaced are to be read anew. */
  onReload(act: () => void): void;
}

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  readonly house: House;
  /** Where clients find it; port 0 of the settings is a real one here. */
  readonly places: readonly ListenPlace[];
  readonly metricsPlace: ListenPlace | undefined;
  /** Stops accepting, and lets running requests end until the deadline. */
  drain(deadline: AbortSignal): Promise<void>;
  /** Opens the audit log anew, and takes over the certificate that the files have now. */
  reload(): void;
}

/** Serves until it is told to stop; running requests may then go on for a while. */
export async function serve(settings: RegistrySettings, signals: ServerSignals): Promise<void> {
  const log = createLog(() => settings.logLevel, settings.logFormat);
  await using server = await startServer(settings, log);
  signals.onReload(() => server.reload());
  await until(signals.stop);
  log.info('stopping');
  await server.drain(AbortSignal.timeout(settings.stopTimeoutMs));
}

/** Opens the data root and listens. @throws EngineError; disposing of the server cuts what still runs */
export async function startServer(settings: RegistrySettings, log: Log): Promise<RunningServer> {
  await using undo = new AsyncDisposableStack();
  const tls = settings.tls && loadTls(settings.tls);
  const house = undo.use(await buildHouse(settings, log));
  const audit = undo.use(settings.auditLog === undefined ? undefined : openAuditLog(settings.auditLog, log));
  const observers: Observer[] = [(exchanged) => house.metrics.observe(exchanged)];
  if (audit !== undefined) observers.push((exchanged) => audit.note(exchanged));
  const check = () => house.storage.check();
  const face = createFace({
    ...{ api: house.api, further: house.reception, observers, check, log },
    addressOf: addressBehind(settings.trustedProxies),
  });
  const server = undo.adopt(createHttpServer(face), (open) => open.close());
  const metrics = undo.adopt(createHttpServer(tellMetrics(house)), (open) => open.close());
  const places: ListenPlace[] = [];
  for (const place of settings.listen) places.push(await listen(server, { ...place, ...(tls && { tls }) }));
  const metricsPlace = settings.metrics && (await listen(metrics, settings.metrics));
  log.info('serving', { at: places.map(formatPlace).join(' '), tls: tls !== undefined });
  const tlsFiles = settings.tls && undo.use(watchTls(settings.tls, (now) => server.renewTls(now), log));
  const held = undo.move();
  return {
    house,
    places,
    metricsPlace,
    drain: (deadline) => server.drain(deadline),
    reload() {
      audit?.reopen();
      tlsFiles?.read();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function listen(server: HttpServer, place: ListenPlace & { tls?: object }): Promise<ListenPlace> {
  const bound = await server.listen({ kind: 'tcp', ...place });
  return { host: place.host, port: bound.kind === 'tcp' ? bound.port : place.port };
}

function formatPlace({ host, port }: ListenPlace): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function tellMetrics({ metrics }: House): HttpHandler {
  return async (request, response) => {
    const type = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' };
    if (request.path === '/metrics') response.send(200, type, metrics.format());
    else response.send(404, type, '404 page not found\n');
  };
}

function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
