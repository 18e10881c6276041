/** The thread that one layer is checked in: a separate entry point, started by checkInThread(). */
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckTask } from './check-in-thread.ts';
import { checkLayer } from './check-layer.ts';

const { folder, diffId, repair } = workerData as CheckTask;
parentPort?.postMessage(checkLayer(folder, diffId, repair));
