import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type DigestAlgorithm, undefinedFor } from '#base';
import { Refusal } from '../refusal.ts';

/** One request that appends. */
export type Writer = symbol;

/** What bounds an upload, and what is said of one that goes beyond. */
export interface SizeLimit {
  readonly refusal: string;
  /** Whether so many further bytes of this upload may be taken. */
  admits(bytes: number): Promise<boolean>;
}

/** One blob on its way in: a file that grows, hashed as it does by the algorithm that nearly all use. */
export class Upload {
  readonly id: string;
  readonly repository: string;
  readonly path: string;
  readonly #onSize: (size: number) => void;
  #hash: Hash = createHash('sha256');
  #size = 0;
  /** The request whose bytes are taken; a later one takes its place. */
  #writer: Writer | undefined;
  #written: Promise<void> = Promise.resolve();
  #isSealed = false;

  /** `onSize` hears of every byte more. */
  constructor(
    { id, repository }: { readonly id: string; readonly repository: string },
    path: string,
    onSize: (size: number) => void,
  ) {
    this.id = id;
    this.repository = repository;
    this.path = path;
    this.#onSize = onSize;
  }

  /** Takes up what an earlier process, or a failed write, left in the file. */
  async resume(): Promise<void> {
    this.#hash = createHash('sha256');
    this.#size = 0;
    for await (const chunk of this.#read()) this.#count(chunk);
  }

  /** Bytes that are here. */
  get size(): number {
    return this.#size;
  }

  /**
   * Makes the caller the one whose bytes are taken, and resolves when no earlier one's come any more: a client that
   * comes back must not wait for its own dead connection.
   */
  async takeOver(): Promise<Writer> {
    const writer = Symbol('writer');
    if (!this.#isSealed) this.#writer = writer;
    await this.#written;
    return writer;
  }

  /** @throws Refusal DENIED, when it would go beyond its limit; also when another took over, or the upload is sealed or gone */
  async append(writer: Writer, body: AsyncIterable<Uint8Array>, limit: SizeLimit): Promise<void> {
    // Never made anew: the file of an upload that has ended meanwhile must not come back without its first bytes.
    await using file = await open(this.path, constants.O_WRONLY | constants.O_APPEND).catch(
      undefinedFor('ENOENT'),
    );
    if (file === undefined) throw new Refusal('BLOB_UPLOAD_UNKNOWN', 'the upload has ended');
    for await (const chunk of body) {
      if (!(await limit.admits(chunk.length))) throw new Refusal('DENIED', limit.refusal);
      if (this.#writer !== writer) throw new Refusal('BLOB_UPLOAD_INVALID', 'another request took over');
      this.#written = file.writeFile(chunk).then(() => this.#count(chunk));
      await this.#written;
    }
  }

  /** Ends all appending, for good, and tells the digest of what is here. */
  async seal(algorithm: DigestAlgorithm): Promise<string> {
    if (this.#isSealed) throw new Refusal('BLOB_UPLOAD_INVALID', 'the upload has ended already');
    this.#close();
    await this.#written;
    const hash = algorithm === 'sha256' ? this.#hash : await this.#hashBy(algorithm);
    return `${algorithm}:${hash.digest('hex')}`;
  }

  /** Ends all appending, for good, so that another may take up the file. Resolves when no byte comes any more. */
  async abandon(): Promise<void> {
    this.#close();
    await this.#written.catch(() => undefined);
  }

  #read() {
    return createReadStream(this.path, { highWaterMark: 1 << 20 });
  }

  async #hashBy(algorithm: DigestAlgorithm): Promise<Hash> {
    const hash = createHash(algorithm);
    for await (const chunk of this.#read()) hash.update(chunk);
    return hash;
  }

  #close(): void {
    this.#isSealed = true;
    this.#writer = undefined;
  }

  #count(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    this.#onSize(this.#size);
  }
}
