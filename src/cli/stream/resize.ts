import type { Session } from '../session.ts';

type Side = Pick<Session, 'caller' | 'client'>;

/**
 * Keeps a container's terminal as large as ours, from now on; `path` is its resize call. The first call
 * may come before the process has its terminal, so it is tried again a few times.
 */
export function followTerminalSize(side: Side, path: string): void {
  void resizeWithRetries(side, path);
  side.caller.onSignal('SIGWINCH', () => void resize(side, path).catch(() => undefined));
}

const retries = 5;
const retryMs = 10;

async function resizeWithRetries(side: Side, path: string): Promise<void> {
  for (let attempt = 1; attempt <= retries; attempt++) {
    try {
      await resize(side, path);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, attempt * retryMs));
    }
  }
}

/** Sets the size once; `by` makes it larger for a moment, so that a program there draws anew. */
export async function resize({ caller, client }: Side, path: string, by = 0): Promise<void> {
  const size = caller.terminalSize(1);
  if (size === undefined) return;
  await client.call({ method: 'POST', path, query: { h: size.rows + by, w: size.columns + by } });
}
