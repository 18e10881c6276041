import type { ApiClient } from '#client';
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
  'SIGCONT',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGWINCH',
];

/** Sends every signal that reaches us on to a container. */
export function forwardSignals(client: ApiClient, containerId: string): void {
  for (const signal of forwarded) {
    process.on(signal, () => {
      const query = { signal: signal.replace(/^SIG/, '') };
      void client.call(containerPost(containerId, 'kill', query)).catch(() => undefined);
    });
  }
}
