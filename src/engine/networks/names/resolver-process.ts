import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { errnoOf } from '#base';
import { encodeLine, fileMark, resolverSocketName } from '#resolver';

/** A program that takes longer to listen hangs. */
const patienceMs = 10_000;

export interface ResolverPlace {
  /** The program `wharf-resolver`. */
  readonly program: string;
  /** Where its socket is: the daemon's exec root. */
  readonly directory: string;
  /** The host's. */
  readonly resolvConf: string;
}

/**
 * A connection to the resolver of a directory, which is started if there is none.
 * @throws Error, when it can't be started
 */
export async function connectResolver(place: ResolverPlace): Promise<Socket> {
  const found = await tryConnect(place.directory);
  if (found !== undefined) return found;
  await startResolver(place);
  const started = await tryConnect(place.directory);
  if (started === undefined) throw new Error(`${place.program} does not listen`);
  return started;
}

async function tryConnect(directory: string): Promise<Socket | undefined> {
  const handle = openSync(directory, 'r');
  // However long the path is, this one fits the kernel's address.
  const socket = connect({ path: `/proc/self/fd/${handle}/${resolverSocketName}` });
  socket.on('error', () => socket.destroy());
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Resolves when it listens. It belongs to its containers, so it is nobody's child for long. */
async function startResolver({ program, directory, resolvConf }: ResolverPlace): Promise<void> {
  const child = spawn(program, [`--directory=${directory}`, `--resolv-conf=${resolvConf}`], {
    detached: true,
    env: {},
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.unref();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('error', reject);
  child.once('exit', (code, signal) => reject(new Error(`${program} ended with ${code ?? signal}`)));
  child.stdout.once('data', () => resolve());
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  try {
    await promise;
  } finally {
    clearTimeout(patience);
    child.stdout.destroy();
  }
}

/** Whether the resolver runs from another file than the one that is installed now, if there is one. */
export function isOutdated({ program }: ResolverPlace, mark: string): boolean {
  return existsSync(program) && fileMark(program) !== mark;
}

/** Tells a resolver to end. What containers ask meanwhile waits in their sockets. */
export function endResolver(socket: Socket): void {
  socket.end(encodeLine({ type: 'end' }));
}
