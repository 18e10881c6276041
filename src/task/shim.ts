import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { encodeAttach } from './messages.ts';
import type { TaskSpec } from './types.ts';

export interface Shim {
  readonly control: Socket;
  /** Answered by the shim before it starts the program, in the order of `spec.attach`. */
  readonly clients: readonly { readonly socket: Socket; readonly request: Buffer }[];
}

/**
 * Spawns the shim with its first connections as descriptors 3 and up: nothing has to be waited for before the
 * start is sent, and clients that were to be there first are.
 */
export function spawnShim(corePath: string, spec: TaskSpec): Shim {
  mkdirSync(spec.dir, { recursive: true, mode: 0o700 });
  const attach = spec.attach ?? [];
  const connections = 1 + attach.length;
  const own = spec.inheritStdio ? ('inherit' as const) : ('ignore' as const);
  const child = spawn(corePath, ['shim', `--dir=${spec.dir}`, `--connections=${connections}`], {
    argv0: 'wharf-shim',
    detached: true,
    env: {},
    stdio: [own, own, own, ...Array.from({ length: connections }, () => 'pipe' as const)],
  });
  // Without a listener a failed spawn would end the daemon; that the connections close tells the rest.
  child.on('error', () => undefined);
  child.unref();
  return {
    control: connectionOf(child, 3),
    clients: attach.map((options, index) => ({
      socket: connectionOf(child, 4 + index),
      request: encodeAttach(options),
    })),
  };
}

function connectionOf(child: ChildProcess, fd: number): Socket {
  const stream = child.stdio[fd];
  if (!(stream instanceof Socket)) throw new TypeError(`no connection on descriptor ${fd}`);
  stream.on('error', () => stream.destroy());
  return stream;
}
