import type { Socket } from 'node:net';
import type { TerminalSize } from '#task';

/** What a terminal of the container is resized through: a task or an exec. */
interface Resizable {
  resize(size: TerminalSize): Promise<void>;
}

/** Connects this process's terminal to that of a container until the container's side ends. */
export async function relayTerminal(socket: Socket, owner: Resizable): Promise<void> {
  const { stdin, stdout } = process;
  const fit = () => void owner.resize({ rows: stdout.rows, columns: stdout.columns }).catch(() => undefined);
  if (stdout.isTTY) {
    fit();
    stdout.on('resize', fit);
  }
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.pipe(socket);
  try {
    for await (const chunk of socket) stdout.write(chunk as Buffer);
  } finally {
    stdout.off('resize', fit);
    stdin.unpipe(socket).pause();
    if (stdin.isTTY) stdin.setRawMode(false);
  }
}
