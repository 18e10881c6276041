import { releaseProgramText } from '#linux';
import type { HttpHandler } from '#serve/http';

/** What Bun offers beside Node's own means; Node keeps its heap in order by itself. */
declare const Bun: undefined | { gc(synchronous: boolean): void; shrink(): void };

/** A daemon that was asked nothing for so long is at rest. */
const quietMs = 10_000;

/**
 * A handler that gives the daemon's unneeded memory back to the host once after every stretch of work, the start
 * included. At rest it costs nothing: the timer is set by requests only.
 */
export function withRest(handler: HttpHandler, rest: () => void = releaseMemory): HttpHandler {
  let lastAsked = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const quiet = performance.now() - lastAsked;
    timer = quiet < quietMs ? later(quietMs - quiet) : undefined;
    if (timer === undefined) rest();
  };
  const later = (ms: number) => setTimeout(look, ms).unref();
  timer = later(quietMs);
  return (request, response) => {
    lastAsked = performance.now();
    timer ??= later(quietMs);
    return handler(request, response);
  };
}

function releaseMemory(): void {
  if (typeof Bun !== 'undefined') {
    Bun.gc(true);
    Bun.shrink();
  }
  releaseProgramText();
}
