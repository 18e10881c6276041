import type { ApiClient } from '#client';
import type { Caller } from '../caller/index.ts';
import { containerPost } from '../container/path.ts';

/** What a terminal, a shell or a service manager sends; SIGCHLD, SIGPIPE and SIGURG are our own affair. */
const forwarded: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGCONT',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGWINCH',
];

/** Takes a signal by its name without SIG. */
export type SendSignal = (name: string) => Promise<unknown>;

/**
 * Sends every signal that reaches us on, from now on; whoever insists gets out. What cannot be sent is lost.
 * `hasTerminal`: the other side learns of a new window size by other means.
 */
export function forwardSignals(caller: Caller, send: SendSignal, hasTerminal = false): void {
  let demands = 0;
  for (const signal of forwarded) {
    if (hasTerminal && signal === 'SIGWINCH') continue;
    caller.onSignal(signal, () => {
      if (signal === 'SIGINT' || signal === 'SIGTERM') demands++;
      if (demands >= patience) return giveUp(caller);
      void send(signal.replace(/^SIG/, '')).catch(() => undefined);
    });
  }
}

/** Sends signals to a container's first process. */
export function toContainer(client: ApiClient, containerId: string): SendSignal {
  return (signal) => client.call(containerPost(containerId, 'kill', { signal }));
}

/** So many times the container is asked to end before we end without it. */
const patience = 3;

function giveUp(caller: Caller): void {
  caller.writeError(`\ngot ${patience} SIGTERM/SIGINTs, forcefully exiting\n`);
  caller.exit(1);
}

const deadly: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Ends the program in order, so that what runs at its exit runs, on signals that nobody else takes. */
export function endOnSignals(caller: Caller): void {
  for (const signal of deadly) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => endBy(caller, signal));
  }
}

/** Ends with the code that a shell shows for a program which a signal ended. */
export function endBy(caller: Caller, signal: string): void {
  const { signals }: { signals: Readonly<Record<string, number>> } =
    process.getBuiltinModule('node:os').constants;
  caller.exit(128 + (signals[signal] ?? 0));
}
