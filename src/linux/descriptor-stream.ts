import { Duplex } from 'node:stream';
import type { OpenDescriptor } from './descriptor.ts';
import { readAvailable, writeAvailable } from './descriptor-io.ts';
import { pollEvent, type Watch, watchDescriptor } from './poll.ts';

const chunkBytes = 16_384;

type Done = (error?: Error | null) => void;

/** A connected socket that does not block, as a stream; it owns the descriptor. */
export class DescriptorStream extends Duplex {
  readonly #descriptor: OpenDescriptor;
  readonly #watch: Watch;
  #wanted = 0;
  #unwritten: { bytes: Uint8Array; readonly done: Done } | undefined;

  constructor(descriptor: OpenDescriptor) {
    super();
    this.#descriptor = descriptor;
    this.#watch = watchDescriptor(descriptor.fd, (events) => this.#onReady(events));
  }

  override _read(): void {
    this.#want(pollEvent.readable);
  }

  override _write(bytes: Uint8Array, _encoding: string, done: Done): void {
    this.#unwritten = { bytes, done };
    this.#flush();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#watch[Symbol.dispose]();
    this.#descriptor[Symbol.dispose]();
    done(error);
  }

  #want(event: number): void {
    this.#wanted |= event;
    this.#watch.arm(this.#wanted);
  }

  #onReady(events: number): void {
    if (this.destroyed) return;
    const { readable, writable, error, hangUp } = pollEvent;
    const broken = (events & (error | hangUp)) !== 0;
    const isDue = (event: number) => (this.#wanted & event) !== 0 && (broken || (events & event) !== 0);
    const [reads, writes] = [isDue(readable), isDue(writable)];
    this.#wanted &= ~((reads ? readable : 0) | (writes ? writable : 0));
    if (reads) this.#receive();
    if (writes && !this.destroyed) this.#flush();
    if (this.#wanted !== 0 && !this.destroyed) this.#watch.arm(this.#wanted);
  }

  #receive(): void {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const length = this.#attempt(() => readAvailable(this.#descriptor.fd, buffer));
    if (this.destroyed) return;
    if (length === undefined) this.#want(pollEvent.readable);
    else this.push(length === 0 ? null : buffer.subarray(0, length));
  }

  #flush(): void {
    const unwritten = this.#unwritten;
    if (unwritten === undefined) return;
    const taken = this.#attempt(() => writeAvailable(this.#descriptor.fd, unwritten.bytes));
    if (taken === undefined) return;
    unwritten.bytes = unwritten.bytes.subarray(taken);
    if (unwritten.bytes.length > 0) {
      this.#want(pollEvent.writable);
      return;
    }
    this.#unwritten = undefined;
    unwritten.done();
  }

  /** A failed call ends the stream. */
  #attempt<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }
}
