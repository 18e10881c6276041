import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { EngineError, type Log } from '#base';
import { ask, connectShim } from './connect.ts';
import { frameTypes } from './frames.ts';
import { shimLost } from './lost.ts';
import { type Shim, spawnShim } from './shim.ts';
import { readExit, ShimTask } from './task.ts';
import type { ExitStatus, Task, TaskSpec, Tasks } from './types.ts';

export interface TasksOptions {
  /** The wharf-core binary. */
  readonly corePath: string;
  readonly execRoot: string;
  readonly log: Log;
}

/** Tasks whose shims are processes of this machine. */
export function createTasks(options: TasksOptions): Tasks {
  return {
    start: (spec, signal) => start(options, spec, signal),
    connect: (id) => connect(options, id),
  };
}

async function start(options: TasksOptions, spec: TaskSpec, signal: AbortSignal | undefined): Promise<Task> {
  signal?.throwIfAborted();
  rmSync(join(spec.dir, 'exit'), { force: true });
  const shim = spawnShim(options.corePath, spec);
  // A shim whose first connection ends before the program runs undoes what it has done.
  const abort = (): void => void shim.control.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const task = new ShimTask(spec.id, spec.dir, shim.control);
    const [attached] = await Promise.all([attachClients(shim), task.start(spec)]);
    task.attached = attached;
    return task;
  } catch (error) {
    abort();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function attachClients(shim: Shim): Promise<Socket[]> {
  return Promise.all(
    shim.clients.map(async ({ socket, request }) => {
      const answer = await ask(socket, request).catch((cause) => {
        throw new EngineError('internal', shimLost, { cause });
      });
      if (answer.type !== frameTypes.ok) throw new EngineError('internal', 'the shim refused a client');
      return socket;
    }),
  );
}

async function connect(options: TasksOptions, id: string): Promise<Task | ExitStatus | undefined> {
  const dir = join(options.execRoot, 'containers', id);
  let control: Socket;
  try {
    control = await connectShim(dir);
  } catch {
    return readExit(dir);
  }
  const task = new ShimTask(id, dir, control);
  const { state, exit } = await task.watch();
  options.log.debug('found a shim', { container: id, state });
  if (state === 'running' || state === 'created') return task;
  task.close();
  return state === 'ended' ? exit : undefined;
}
