import type { ApiClient } from '#client';
import { containerPost } from '../container/path.ts';
import { writeError } from '../output.ts';

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

/** Sends every signal that reaches us on to a container; whoever insists gets out. */
export function forwardSignals(client: ApiClient, containerId: string): void {
  let demands = 0;
  for (const signal of forwarded) {
    process.on(signal, () => {
      if (signal === 'SIGINT' || signal === 'SIGTERM') demands++;
      if (demands >= patience) giveUp();
      const query = { signal: signal.replace(/^SIG/, '') };
      void client.call(containerPost(containerId, 'kill', query)).catch(() => undefined);
    });
  }
}

/** So many times the container is asked to end before we end without it. */
const patience = 3;

function giveUp(): never {
  writeError(`\ngot ${patience} SIGTERM/SIGINTs, forcefully exiting\n`);
  process.exit(1);
}
