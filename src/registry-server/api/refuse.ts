import { EngineError, errnoOf, errorMessage, type Log } from '#base';
import { ProtocolError } from '#serve/http';
import { isDiskFull, Refusal } from '../refusal.ts';
import { type Reply, reply } from './reply.ts';

/** What a failure of any kind is to a client; one that is the server's own goes to the log. */
export function refuseFor(error: unknown, log: Log): Reply {
  const refusal = asRefusal(error);
  if (refusal.status >= 500) log.error(`request failed: ${errorMessage(error)}`);
  return reply(refusal.status, { 'Content-Type': 'application/json', ...refusal.headers }, refusal.toJson());
}

/** What a storage that is another machine fails with when that does not answer. */
const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = errorMessage(error);
  if (error instanceof ProtocolError) return new Refusal('UNKNOWN', message, { status: error.status });
  if (isDiskFull(error)) {
    return new Refusal('UNKNOWN', 'no space left on the registry’s disk', { status: 507, cause: error });
  }
  const kind = error instanceof EngineError ? error.kind : 'internal';
  if (kind === 'unavailable' || unreachable.has(errnoOf(error) ?? '')) {
    return new Refusal('UNAVAILABLE', message, { cause: error });
  }
  return new Refusal('UNKNOWN', 'internal error', { cause: error });
}
