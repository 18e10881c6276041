/** The thread that layers are written in: a separate entry point, started by LayerWorkers. */
import { parentPort } from 'node:worker_threads';
import { EngineError, errorKind, errorMessage } from '#base';
import { BufferQueue } from './buffer-queue.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { writeLayer } from './write-layer.ts';

const jobs = new Map<number, BufferQueue>();

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function work(job: number, folder: string): Promise<void> {
  const queue = new BufferQueue((buffer) => send({ job, kind: 'taken', buffer }, [buffer]));
  jobs.set(job, queue);
  try {
    send({ job, kind: 'done', outcome: await writeLayer(folder, queue) });
  } catch (error) {
    send({ job, kind: 'failed', errorKind: errorKind(error), message: errorMessage(error) });
  } finally {
    jobs.delete(job);
  }
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'open') void work(message.job, message.folder);
  else if (message.kind === 'chunk') jobs.get(message.job)?.push(message.buffer, message.length);
  else if (message.kind === 'end') jobs.get(message.job)?.end();
  else jobs.get(message.job)?.fail(new EngineError('internal', 'canceled'));
});
