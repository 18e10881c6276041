import { errorMessage, type Log } from '#base';
import { ClientGone, type HttpHandler, type HttpRequest, type HttpResponse } from '#serve/http';
import type { Answered, DistributionApi } from './api/distribution.ts';
import { type Reply, sendReply } from './api/reply.ts';
import type { Observer } from './watch/exchanged.ts';

/** Nginx's word for an answer that nobody waited for. */
const clientGone = 499;
const apiVersion = { 'Docker-Distribution-API-Version': 'registry/2.0' };

export interface FaceParts {
  readonly api: DistributionApi;
  readonly observers: readonly Observer[];
  /** Resolves when blobs can be stored and read. */
  check(): Promise<void>;
  /** Answers what is neither the distribution API nor the health check. */
  readonly further: HttpHandler;
  readonly log: Log;
}

/** Everything that the server answers, by path. */
export function createFace(parts: FaceParts): HttpHandler {
  return (request, response) => {
    if (request.path.startsWith('/v2/') || request.path === '/v2')
      return distribute(parts, request, response);
    return request.path === '/healthz' ? tellHealth(parts, response) : parts.further(request, response);
  };
}

/** Answers paths that there are not. */
export const nothingFurther: HttpHandler = async (_request, response) => {
  response.send(404, { 'Content-Type': 'text/plain; charset=utf-8' }, '404 page not found\n');
};

async function distribute(parts: FaceParts, request: HttpRequest, response: HttpResponse): Promise<void> {
  const startedMs = performance.now();
  const answered = await parts.api.answer(request);
  const sent = await send(parts.log, answered.reply, request, response);
  const exchanged = { ...describe(request, answered), ...sent, durationMs: performance.now() - startedMs };
  for (const observe of parts.observers) observe(exchanged);
}

function describe({ method, path, remoteAddress }: HttpRequest, { route, who }: Answered) {
  const repository = route !== undefined && 'repository' in route ? route.repository : undefined;
  return { method, path, route: route?.kind ?? 'none', repository, user: who?.name, address: remoteAddress };
}

/** A body that can't be sent to its end breaks the connection off. */
async function send(
  log: Log,
  reply: Reply,
  request: HttpRequest,
  response: HttpResponse,
): Promise<{ readonly status: number; readonly sentBytes: number }> {
  const headers = { ...apiVersion, ...reply.headers };
  try {
    return { status: reply.status, sentBytes: await sendReply({ ...reply, headers }, request, response) };
  } catch (error) {
    response.abort();
    if (error instanceof ClientGone || request.signal.aborted) return { status: clientGone, sentBytes: 0 };
    log.error(`answer broken off: ${errorMessage(error)}`, { path: request.path });
    return { status: 500, sentBytes: 0 };
  }
}

async function tellHealth({ check }: FaceParts, response: HttpResponse): Promise<void> {
  const type = { 'Content-Type': 'application/json' };
  try {
    await check();
    response.send(200, type, '{"status":"ok"}');
  } catch (error) {
    response.send(503, type, JSON.stringify({ status: 'failing', reason: errorMessage(error) }));
  }
}
