import { type FlagValues, int, text } from '../flags/index.ts';

/** The flags of `stop` and `restart`: how a container is asked to end. */
export const stopFlags = {
  signal: text('Signal to send to the container', { short: 's' }),
  timeout: int('Seconds to wait before killing the container', { short: 't' }),
  time: int('Seconds to wait before killing the container', {
    hidden: true,
    deprecated: 'use --timeout instead',
  }),
};

/** @throws Error when both names of the timeout are used */
export function stopQuery(values: FlagValues<typeof stopFlags>, given: ReadonlySet<string>) {
  if (given.has('time') && given.has('timeout')) {
    throw new Error('conflicting options: cannot specify both --timeout and --time');
  }
  const timeout = given.has('timeout') ? values.timeout : given.has('time') ? values.time : undefined;
  return { signal: values.signal || undefined, t: timeout };
}
