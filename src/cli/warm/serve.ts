import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { converse } from './conversation.ts';

export interface WarmRules {
  /** Where callers connect; what stands there is an earlier process's and goes. Beside it is the starter's lock. */
  readonly path: string;
  /** How long to stay without work. */
  readonly idleMs: number;
  /** How long to take new work: settings that a runtime reads once, such as the time zone's rules, get old. */
  readonly lifeMs: number;
}

/** Each has up to three descriptors here, and a program is sure of a thousand; further ones run by themselves. */
const mostCallers = 256;

/**
 * Serves callers until none has come for long enough, or until it is told to leave; what is under way is finished,
 * and no trace stays. @throws Error when nobody can be served there
 */
export async function serveCallers({ path, idleMs, lifeMs }: WarmRules, signal: AbortSignal): Promise<void> {
  let working = 0;
  let idle: NodeJS.Timeout | undefined;
  const server = createServer();
  const leave = () => {
    if (!server.listening) return;
    rmSync(path, { force: true });
    rmSync(`${path}.lock`, { force: true });
    server.close();
  };
  const rest = () => {
    idle = setTimeout(leave, idleMs);
  };
  server.on('connection', async (socket) => {
    if (working >= mostCallers) return void socket.destroy();
    working++;
    clearTimeout(idle);
    await converse(socket);
    if (--working === 0 && server.listening) rest();
  });
  await listen(server, path);
  rest();
  const old = setTimeout(leave, lifeMs);
  signal.addEventListener('abort', leave);
  await new Promise<void>((resolve) => server.once('close', () => resolve()));
  clearTimeout(old);
  clearTimeout(idle);
}

async function listen(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}
