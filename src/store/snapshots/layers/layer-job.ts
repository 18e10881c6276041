import { EngineError } from '#base';
import type { FromWorker, LayerOutcome, ToWorker } from './messages.ts';

/** What a writer may be ahead of the worker: so many buffers go to and fro between them. */
const bufferCount = 2;
const bufferBytes = 512 << 10;

type JobMessage = ToWorker extends infer Message
  ? Message extends ToWorker
    ? Omit<Message, 'job'>
    : never
  : never;
type Post = (message: JobMessage, transfer: ArrayBuffer[]) => void;

/** One layer that a worker writes. */
export class LayerJob {
  readonly #post: Post;
  readonly #result = Promise.withResolvers<LayerOutcome>();
  readonly #free: ArrayBuffer[] = [];
  #made = 0;
  /** The buffer that is being filled, and how far it is. */
  #buffer: ArrayBuffer | undefined;
  #length = 0;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(post: Post) {
    this.#post = post;
    this.#result.promise.catch(() => {});
  }

  /** Where the next bytes can be put, once there is room. @throws what made the layer fail */
  async room(): Promise<Uint8Array> {
    this.#buffer ??= await this.#emptyBuffer();
    if (this.#failure !== undefined) throw this.#failure;
    return new Uint8Array(this.#buffer, this.#length);
  }

  /** Takes what was put at the front of the room. */
  filled(length: number): void {
    this.#length += length;
    if (this.#length === bufferBytes) this.#send();
  }

  /** Ends the stream; resolves when the layer is on disk, or known to be none. */
  end(): Promise<LayerOutcome> {
    this.#send();
    this.#post({ kind: 'end' }, []);
    return this.#result.promise;
  }

  /** Gives the layer up; resolves when the worker no longer touches the folder. */
  async abort(): Promise<void> {
    this.#post({ kind: 'abort' }, []);
    await this.#result.promise.catch(() => {});
  }

  receive(message: FromWorker): void {
    if (message.kind === 'taken') this.#free.push(message.buffer);
    else if (message.kind === 'done') this.#result.resolve(message.outcome);
    else this.fail(new EngineError(message.errorKind, message.message));
    this.#wake();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#result.reject(error);
    this.#wake();
  }

  #send(): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#post({ kind: 'chunk', buffer, length: this.#length }, [buffer]);
    this.#buffer = undefined;
    this.#length = 0;
  }

  async #emptyBuffer(): Promise<ArrayBuffer> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const free = this.#free.pop();
      if (free !== undefined) return free;
      if (this.#made < bufferCount) {
        this.#made += 1;
        return new ArrayBuffer(bufferBytes);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
