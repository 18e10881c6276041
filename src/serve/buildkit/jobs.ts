import type { Digest } from '#base';
import { EngineError } from '#base';
import type { Finding } from '#dockerfile';
import type { BuildEvent, BuiltImage } from '#engine/builder';
import { LogLimit } from './log-limit.ts';
import type { SolveRequest } from './messages/control.ts';
import { WaitingMap } from './waiting-map.ts';

/** Something that the checks found in a file. */
export interface Warning {
  readonly kind: 'warning';
  /** What its client shows it with. */
  readonly vertex: Digest;
  readonly finding: Finding;
  readonly file: { readonly name: string; readonly text: string };
}

export type JobEvent = BuildEvent | Warning;

/** Events that are told in one message, which is far from too long then. */
const mostAtOnce = 100;

/** A build as a client asks for it: it steers the build by the gateway, and takes the result at the end. */
export class Job {
  readonly request: SolveRequest;
  readonly signal: AbortSignal;
  readonly #events: JobEvent[] = [];
  readonly #limit = new LogLimit();
  readonly #results = new Map<string, BuiltImage>();
  readonly #returned = Promise.withResolvers<readonly string[]>();
  #hasEnded = false;
  #wake = Promise.withResolvers<void>();

  constructor(request: SolveRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
    this.#returned.promise.catch(() => undefined);
  }

  /** What has been told so far, and what will be, until the build has ended; as much at once as is there. */
  async *events(): AsyncGenerator<readonly JobEvent[]> {
    for (let at = 0; ; ) {
      const batch = this.#events.slice(at, at + mostAtOnce);
      at += batch.length;
      if (batch.length > 0) yield batch;
      else if (this.#hasEnded) return;
      else await this.#wake.promise;
    }
  }

  tell(event: JobEvent): void {
    const kept = this.#limit.cut(event);
    if (kept === undefined) return;
    this.#events.push(kept);
    this.#stir();
  }

  /**
   * Keeps a result until the job has ended; the client names it by this.
   * @throws EngineError unavailable, when that has ended meanwhile: the result is disposed of
   */
  async addResult(image: BuiltImage): Promise<string> {
    if (this.#hasEnded) {
      await image[Symbol.asyncDispose]();
      throw new EngineError('unavailable', 'the build has ended');
    }
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
    await using all = new AsyncDisposableStack();
    for (const image of this.#results.values()) all.use(image);
  }

  #stir(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers<void>();
    resolve();
  }
}

/** How long a client that asks for a build waits for its beginning. */
const patienceMs = 6000;

/** The builds that are under way, by what their clients call them. */
export class Jobs {
  readonly #jobs = new WaitingMap<Job>();

  /** @throws EngineError conflict, when another of that name is under way */
  begin(request: SolveRequest, signal: AbortSignal): Job {
    const { Ref } = request;
    if (this.#jobs.get(Ref) !== undefined) throw new EngineError('conflict', `job ID ${Ref} exists`);
    const job = new Job(request, signal);
    this.#jobs.set(Ref, job);
    return job;
  }

  /** @throws EngineError notFound */
  get(ref: string): Job {
    return found(ref, this.#jobs.get(ref));
  }

  /** The job of a name, which may begin a moment later. @throws EngineError notFound; the signal's reason */
  async when(ref: string, signal: AbortSignal): Promise<Job> {
    return found(ref, await this.#jobs.when(ref, patienceMs, signal));
  }

  async end(job: Job): Promise<void> {
    this.#jobs.delete(job.request.Ref, job);
    await job.end();
  }
}

function found(ref: string, job: Job | undefined): Job {
  if (job === undefined) throw new EngineError('notFound', `no such job ${ref}`);
  return job;
}
