import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { EngineError } from '#base';
import { LayerJob } from './layer-job.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const idleMs = 5_000;

/** In a single-file executable the worker is found by its path in the source tree, else beside this file. */
const workerFile = import.meta.url.includes('/$bunfs/')
  ? './src/store/snapshots/layers/worker.ts'
  : new URL('./worker.ts', import.meta.url);

/** The threads that layers are written in: as many as there are processors, ended when they were idle a while. */
export class LayerWorkers implements Disposable {
  readonly #limit = Math.max(1, availableParallelism());
  readonly #workers = new Set<LayerWorker>();

  /** Starts to write a layer into an empty folder. */
  open(folder: string): LayerJob {
    const free = this.#leastBusy();
    const worker =
      free === undefined || (free.jobs > 0 && this.#workers.size < this.#limit) ? this.#start() : free;
    return worker.open(folder);
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.stop();
  }

  #start(): LayerWorker {
    const worker = new LayerWorker(() => this.#workers.delete(worker));
    this.#workers.add(worker);
    return worker;
  }

  #leastBusy(): LayerWorker | undefined {
    return [...this.#workers].sort((a, b) => a.jobs - b.jobs)[0];
  }
}

class LayerWorker {
  readonly #thread = new Worker(workerFile);
  readonly #jobs = new Map<number, LayerJob>();
  readonly #onStop: () => void;
  #nextJob = 1;
  #idle: NodeJS.Timeout | undefined;

  constructor(onStop: () => void) {
    this.#onStop = onStop;
    this.#thread.on('message', (message: FromWorker) => this.#receive(message));
    this.#thread.on('error', (cause) => this.#crash(cause));
    this.#thread.on('exit', () => this.#crash(undefined));
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  open(folder: string): LayerJob {
    clearTimeout(this.#idle);
    this.#thread.ref();
    const job = this.#nextJob++;
    const opened = new LayerJob((message, transfer) =>
      this.#thread.postMessage({ ...message, job }, transfer),
    );
    this.#jobs.set(job, opened);
    this.#thread.postMessage({ job, kind: 'open', folder } satisfies ToWorker);
    return opened;
  }

  stop(): void {
    clearTimeout(this.#idle);
    this.#onStop();
    void this.#thread.terminate();
  }

  #receive(message: FromWorker): void {
    const job = this.#jobs.get(message.job);
    job?.receive(message);
    if (message.kind !== 'taken') this.#end(message.job);
  }

  #end(job: number): void {
    this.#jobs.delete(job);
    if (this.#jobs.size > 0) return;
    this.#thread.unref();
    this.#idle = setTimeout(() => this.stop(), idleMs).unref();
  }

  #crash(cause: unknown): void {
    this.#onStop();
    const error = new EngineError('internal', 'the thread that writes layers ended', { cause });
    for (const job of this.#jobs.values()) job.fail(error);
    this.#jobs.clear();
  }
}
