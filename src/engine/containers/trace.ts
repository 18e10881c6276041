import type { ContainerContext } from './context.ts';

const enabled = process.env.WHARF_TRACE !== undefined;
const silent = () => undefined;

/** With WHARF_TRACE set, logs the milliseconds from one step of a verb to the next. */
export function trace({ log }: ContainerContext, verb: string, id: string): (step: string) => void {
  if (!enabled) return silent;
  let last = performance.now();
  return (step) => {
    const now = performance.now();
    log.info('trace', { verb, id: id.slice(0, 12), step, ms: Number((now - last).toFixed(2)) });
    last = now;
  };
}
