const lineFeed = 0x0a;

/** Bytes that arrived and are not parsed yet. Takes over whole chunks without a copy when it is empty. */
export class ByteBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** No line feed before this offset. */
  #scanned = 0;
  #owned = false;

  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.length === 0) {
      this.#bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#start = this.#scanned = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#reserve(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Shows up to `limit` bytes, until the next call of any other method. */
  peek(limit: number): Buffer {
    return this.#bytes.subarray(this.#start, Math.min(this.#start + limit, this.#end));
  }

  /** Takes up to `limit` bytes. */
  take(limit: number): Buffer {
    const end = Math.min(this.#start + limit, this.#end);
    const taken = this.#bytes.subarray(this.#start, end);
    this.#start = end;
    this.#scanned = Math.max(this.#scanned, end);
    // What was handed out must not be overwritten by a later append.
    this.#owned = false;
    return taken;
  }

  /** Takes everything up to and with the first line feed, or undefined when there is none yet. */
  takeLine(): Buffer | undefined {
    const at = this.#bytes.subarray(0, this.#end).indexOf(lineFeed, this.#scanned);
    if (at < 0) {
      this.#scanned = this.#end;
      return undefined;
    }
    return this.take(at + 1 - this.#start);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (this.#owned && this.#end + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed * 2, 1024));
    larger.set(this.#bytes.subarray(this.#start, this.#end));
    this.#scanned -= this.#start;
    this.#end = this.length;
    this.#start = 0;
    this.#bytes = larger;
    this.#owned = true;
  }
}
