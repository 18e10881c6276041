import { errorMessage, type Log } from '#base';
import { ClientGone, type HttpHandler, type HttpRequest, type HttpResponse } from '#serve/http';
import type { AddressOf } from './access/client-address.ts';
import type { Answered, Answerer } from './answered.ts';
import { type Reply, sendReply } from './api/reply.ts';
import type { Observer } from './watch/exchanged.ts';

/** Nginx's word for an answer that nobody waited for. */
const clientGone = 499;
const longestName = 200;
const apiVersion = { 'Docker-Distribution-API-Version': 'registry/2.0' };

export interface FaceParts {
  readonly api: Answerer;
  readonly observers: readonly Observer[];
  /** Resolves when blobs can be stored and read. */
  check(): Promise<void>;
  /** Answers what is neither the distribution API nor the health check. */
  readonly further: Answerer;
  readonly addressOf: AddressOf;
  readonly log: Log;
}

/** Everything that the server answers, by path. */
export function createFace(parts: FaceParts): HttpHandler {
  return (request, response) => {
    if (request.path === '/healthz') return tellHealth(parts, response);
    const isDistribution = request.path.startsWith('/v2/') || request.path === '/v2';
    return serveBy(isDistribution ? parts.api : parts.further, parts, request, response);
  };
}

async function serveBy(
  answerer: Answerer,
  parts: FaceParts,
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  const startedMs = performance.now();
  const answered = await answerer.answer(request);
  const sent = await send(parts.log, answered.reply, request, response);
  const exchanged = {
    ...describe(request, answered),
    ...sent,
    address: parts.addressOf(request),
    durationMs: performance.now() - startedMs,
  };
  for (const observe of parts.observers) observe(exchanged);
}

function describe({ method, path }: HttpRequest, { what, repository, user }: Omit<Answered, 'reply'>) {
  // A name may be anything that somebody typed.
  return { method, path, route: what, repository, user: user?.slice(0, longestName) };
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
