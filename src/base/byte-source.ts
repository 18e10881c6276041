/** Bytes that come, to be read once: in pieces or, where that is offered, straight to where they belong. */
export interface ByteStream extends AsyncIterable<Uint8Array> {
  /** Puts what comes next at the front of `room`; resolves with how much that is, 0 only at the end. */
  readInto?(room: Uint8Array): Promise<number>;
}

/** A stream whose reader says where the bytes go. Disposing of it ends the stream early. */
export class ByteSource implements AsyncDisposable {
  readonly #stream: ByteStream;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  /** What has come and was not taken. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** Puts what comes next at the front of `room`; resolves with how much that is, 0 only at the end. */
  async readInto(room: Uint8Array): Promise<number> {
    if (this.#rest.length === 0 && this.#stream.readInto !== undefined) return this.#stream.readInto(room);
    while (this.#rest.length === 0) {
      const next = await this.#pieces().next();
      if (next.done) return 0;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, room.length);
    room.set(taken);
    this.#rest = this.#rest.subarray(taken.length);
    return taken.length;
  }

  /** The first bytes, fewer than asked for only when there are no more; they are read again. */
  async peek(length: number): Promise<Uint8Array> {
    const head = new Uint8Array(length);
    let filled = 0;
    for (let more = 1; more > 0 && filled < length; filled += more) {
      more = await this.readInto(head.subarray(filled));
    }
    this.#rest = Buffer.concat([head.subarray(0, filled), this.#rest]);
    return head.subarray(0, filled);
  }

  /** What is left, in pieces; each is good until the next one is asked for. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    if (rest.length > 0) yield rest;
    const pieces = this.#pieces();
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#iterator?.return?.();
  }

  #pieces(): AsyncIterator<Uint8Array> {
    this.#iterator ??= this.#stream[Symbol.asyncIterator]();
    return this.#iterator;
  }
}
