const limitBytes = 4096;
const headerBytes = 8;

/** The beginning of what a probe writes, whichever stream it writes to; fed with Docker's multiplexed frames. */
export class ProbeOutput {
  #kept = Buffer.alloc(0);
  #isCut = false;
  #unread = Buffer.alloc(0);

  /** Takes the next bytes of the conversation, however they are split. */
  add(chunk: Uint8Array): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length >= headerBytes) {
      const end = headerBytes + this.#unread.readUInt32BE(4);
      if (this.#unread.length < end) return;
      this.#keep(this.#unread.subarray(headerBytes, end));
      this.#unread = this.#unread.subarray(end);
    }
  }

  /** At most 4096 bytes, then three dots. */
  get text(): string {
    return this.#kept.toString() + (this.#isCut ? '...' : '');
  }

  #keep(bytes: Buffer): void {
    const room = limitBytes - this.#kept.length;
    this.#isCut ||= bytes.length > room;
    if (room > 0) this.#kept = Buffer.concat([this.#kept, bytes.subarray(0, room)]);
  }
}
