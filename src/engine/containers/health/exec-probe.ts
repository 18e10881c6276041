import type { Socket } from 'node:net';
import type { ContainerContext } from '../context.ts';
import type { Exec } from '../exec/exec.ts';
import { beginExec } from '../exec/start-exec.ts';
import { sigkill } from '../signal.ts';
import type { ProbeOutcome } from './probe.ts';
import type { ProbeOutput } from './probe-output.ts';

/** Runs a noted probe to its end; the signal's abort kills it with all processes of its group. @throws EngineError */
export async function runProbe(
  context: ContainerContext,
  exec: Exec,
  output: ProbeOutput,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { task, ended } = await beginExec(context, exec, { detach: false, terminal: false }).running;
  const onAbort = () => {
    // It may have ended just now.
    task.kill(sigkill, 'group').catch(() => undefined);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.all([ended, task.socket && readAll(task.socket, output)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return { exitCode: exec.exitCode ?? -1, output: output.text };
}

function readAll(socket: Socket, output: ProbeOutput): Promise<void> {
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => output.add(chunk));
    socket.once('end', resolve).once('close', resolve).on('error', resolve);
    socket.resume();
  });
}
