import { EngineError } from '#base';
import type { BuildEvent, BuiltImage } from '#engine/builder';
import type { SolveRequest } from './messages/control.ts';

/** A build as a client asks for it: it steers the build by the gateway, and takes the result at the end. */
export class Job {
  readonly request: SolveRequest;
  readonly signal: AbortSignal;
  readonly #events: BuildEvent[] = [];
  readonly #results = new Map<string, BuiltImage>();
  readonly #returned = Promise.withResolvers<readonly string[]>();
  #hasEnded = false;
  #wake = Promise.withResolvers<void>();

  constructor(request: SolveRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
    this.#returned.promise.catch(() => undefined);
  }

  /** What has been told so far, and what will be, until the build has ended. */
  async *events(): AsyncGenerator<BuildEvent> {
    for (let at = 0; ; ) {
      const event = this.#events[at];
      if (event !== undefined) {
        at += 1;
        yield event;
        continue;
      }
      if (this.#hasEnded) return;
      await this.#wake.promise;
    }
  }

  tell(event: BuildEvent): void {
    this.#events.push(event);
    this.#stir();
  }

  /** Keeps a result until the job has ended; the client names it by this. */
  addResult(image: BuiltImage): string {
    const id = `result-${this.#results.size}`;
    this.#results.set(id, image);
    return id;
  }

  /** @throws EngineError notFound */
  result(id: string): BuiltImage {
    const image = this.#results.get(id);
    if (image === undefined) throw new EngineError('notFound', `no such ref: ${id}`);
    return image;
  }

  /** The client has decided which results are the build's. */
  return(ids: readonly string[]): void {
    this.#returned.resolve(ids);
  }

  fail(error: EngineError): void {
    this.#returned.reject(error);
  }

  /** Waits for the client's decision. @throws EngineError, what the client failed with */
  async returned(): Promise<readonly string[]> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(this.signal.reason);
    this.signal.addEventListener('abort', onAbort, { once: true });
    if (this.signal.aborted) onAbort();
    return await Promise.race([this.#returned.promise, aborted.promise]);
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#stir();
    for (const image of this.#results.values()) await image[Symbol.asyncDispose]();
  }

  #stir(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers<void>();
    resolve();
  }
}

/** The builds that are under way, by what their clients call them. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #awaited = new Map<string, PromiseWithResolvers<Job>>();

  begin(request: SolveRequest, signal: AbortSignal): Job {
    const job = new Job(request, signal);
    this.#jobs.set(request.Ref, job);
    this.#awaited.get(request.Ref)?.resolve(job);
    this.#awaited.delete(request.Ref);
    return job;
  }

  /** @throws EngineError notFound */
  get(ref: string): Job {
    const job = this.#jobs.get(ref);
    if (job === undefined) throw new EngineError('notFound', `no such job ${ref}`);
    return job;
  }

  /** The job of a name, which may begin a moment later. */
  async when(ref: string): Promise<Job> {
    const job = this.#jobs.get(ref);
    if (job !== undefined) return job;
    const awaited = this.#awaited.get(ref) ?? Promise.withResolvers<Job>();
    this.#awaited.set(ref, awaited);
    return await awaited.promise;
  }

  async end(job: Job): Promise<void> {
    this.#jobs.delete(job.request.Ref);
    await job.end();
  }
}
