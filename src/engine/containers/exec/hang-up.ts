import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '#base';
import { encodeFrame } from '../attach/frame.ts';
import type { RelayStream } from '../attach/relay-stream.ts';
import type { ContainerContext } from '../context.ts';
import type { Exec } from './exec.ts';

const { SIGHUP, SIGKILL, SIGTERM } = constants.signals;
/** What a process has to end by itself. */
const graceMs = 10_000;
/** How often a client that sends nothing more is looked after. */
const probeMs = 1000;

/**
 * Ends the process with the client that talks with it, unless the client detached. A client at a terminal has gone when
 * its input ends. Others may just have no more to say: an empty frame now and then finds out whether they are still there.
 */
export function endWithClient(context: ContainerContext, exec: Exec, stream: RelayStream): void {
  const { terminal, attach } = exec.config;
  stream.once('close', () => {
    if (!stream.detached) void hangUp(context, exec);
  });
  stream.once('finish', () => {
    if (!terminal) probe(exec, stream);
    else if (attach.stdin) stream.destroy();
  });
}

function probe(exec: Exec, stream: RelayStream): void {
  const timer = setInterval(() => {
    if (exec.exitCode === undefined && !stream.detached) stream.push(encodeFrame('stdout', ''));
  }, probeMs);
  stream.once('close', () => clearInterval(timer));
}

/** Asks the exec's process and all of its group to end, and makes them in the end. Never rejects. */
export async function hangUp(context: ContainerContext, exec: Exec): Promise<void> {
  await exec.starting;
  const { task } = exec;
  if (task === undefined) return;
  try {
    await task.kill(exec.config.terminal ? SIGHUP : SIGTERM, 'group');
    await Promise.race([task.exited, sleep(graceMs, undefined, { ref: false, signal: context.closing })]);
    if (exec.task !== undefined) await task.kill(SIGKILL, 'group');
  } catch (error) {
    // It ended just now, or the daemon lets go.
    context.log.debug('an exec was not signalled', { id: exec.id, error: errorMessage(error) });
  }
}
