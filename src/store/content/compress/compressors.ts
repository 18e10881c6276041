import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { EngineError } from '#base';
import type { Block, FromCompressor } from './messages.ts';

const idleMs = 5_000;

/** In a single-file executable the worker is found by its path in the source tree, else beside this file. */
const workerFile = import.meta.url.includes('/$bunfs/')
  ? './src/store/content/compress/worker.ts'
  : new URL('./worker.ts', import.meta.url);

/** Threads that compress blocks: as many as there are processors, ended when they were idle a while. */
export class Compressors implements Disposable {
  readonly threads = Math.max(1, availableParallelism());
  readonly #workers = new Set<CompressWorker>();

  /** One block, compressed. Blocks are begun in the order they are given. @throws EngineError internal */
  async compress(block: Block): Promise<Uint8Array> {
    return (this.#idle() ?? this.#start()).compress(block);
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.stop();
  }

  /** The least busy thread; none while one that is idle can still be started. */
  #idle(): CompressWorker | undefined {
    const [least] = [...this.#workers].sort((a, b) => a.jobs - b.jobs);
    return least !== undefined && least.jobs > 0 && this.#workers.size < this.threads ? undefined : least;
  }

  #start(): CompressWorker {
    const worker = new CompressWorker(() => this.#workers.delete(worker));
    this.#workers.add(worker);
    return worker;
  }
}

class CompressWorker {
  readonly #thread = new Worker(workerFile);
  readonly #jobs = new Map<number, PromiseWithResolvers<Uint8Array>>();
  readonly #onStop: () => void;
  #nextJob = 1;
  #idle: NodeJS.Timeout | undefined;

  constructor(onStop: () => void) {
    this.#onStop = onStop;
    this.#thread.on('message', (message: FromCompressor) => this.#receive(message));
    this.#thread.on('error', (cause) => this.#crash(cause));
    this.#thread.on('exit', () => this.#crash(undefined));
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  compress(block: Block): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    this.#thread.ref();
    const job = this.#nextJob++;
    const result = Promise.withResolvers<Uint8Array>();
    this.#jobs.set(job, result);
    this.#thread.postMessage({ job, ...block }, 'bytes' in block ? [block.bytes.buffer] : []);
    return result.promise;
  }

  stop(): void {
    clearTimeout(this.#idle);
    this.#onStop();
    void this.#thread.terminate();
  }

  #receive(message: FromCompressor): void {
    const result = this.#jobs.get(message.job);
    this.#jobs.delete(message.job);
    if (message.kind === 'done') result?.resolve(message.bytes);
    else result?.reject(new EngineError('internal', message.message));
    if (this.#jobs.size > 0) return;
    this.#thread.unref();
    this.#idle = setTimeout(() => this.stop(), idleMs).unref();
  }

  #crash(cause: unknown): void {
    this.#onStop();
    const error = new EngineError('internal', 'the thread that compresses ended', { cause });
    for (const result of this.#jobs.values()) result.reject(error);
    this.#jobs.clear();
  }
}
