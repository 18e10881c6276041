import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Refusal } from '../refusal.ts';

/** One blob on its way in: a file that grows, hashed as it does. */
export class Upload {
  readonly id: string;
  readonly repository: string;
  readonly path: string;
  #hash: Hash = createHash('sha256');
  #size = 0;
  /** The request whose bytes are taken; a later one takes its place. */
  #writer: symbol | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(id: string, repository: string, path: string) {
    this.id = id;
    this.repository = repository;
    this.path = path;
  }

  /** Takes up what an earlier process, or a failed write, left in the file. */
  async resume(): Promise<void> {
    this.#hash = createHash('sha256');
    this.#size = 0;
    for await (const chunk of createReadStream(this.path, { highWaterMark: 1 << 20 })) this.#count(chunk);
  }

  /** Bytes that are here. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends a body. Whoever appends later takes over: a client that comes back must not wait for its own dead
   * connection.
   * @throws Refusal, when it would become larger than `limitBytes`, or another request took over
   */
  async append(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<void> {
    const writer = Symbol('writer');
    this.#writer = writer;
    await this.#written;
    await using file = await open(this.path, 'a');
    for await (const chunk of body) {
      if (this.#writer !== writer) throw new Refusal('BLOB_UPLOAD_INVALID', 'another request took over');
      if (this.#size + chunk.length > limitBytes) throw new Refusal('DENIED', 'quota exceeded');
      this.#written = file.writeFile(chunk).then(() => this.#count(chunk));
      await this.#written;
    }
  }

  /** The digest of what is here. Afterwards nothing can be appended. */
  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }

  #count(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
  }
}
