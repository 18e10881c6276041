import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DiffId } from '#base';
import type { LayerFolder } from '../layers/layer-folder.ts';
import type { LayerCondition } from '../types.ts';

/** In a single-file executable the worker is found by its path in the source tree, else beside this file. */
const workerFile = import.meta.url.includes('/$bunfs/')
  ? './src/store/snapshots/check/worker.ts'
  : new URL('./worker.ts', import.meta.url);

export interface CheckTask {
  readonly folder: LayerFolder;
  readonly diffId: DiffId;
  /** Makes an index that is damaged anew. */
  readonly repair: boolean;
}

/** Checks a layer in a thread that ends with it: a layer may be long, and nobody waits for the next one. */
export async function checkInThread(task: CheckTask): Promise<LayerCondition> {
  const thread = new Worker(workerFile, { workerData: task });
  try {
    const [condition] = (await once(thread, 'message')) as [LayerCondition];
    return condition;
  } finally {
    await thread.terminate();
  }
}
