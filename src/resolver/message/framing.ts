/** A message as it goes over TCP: behind its length. */
export function frame(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Takes messages out of the bytes of a connection. */
export class Framing {
  #unread: Buffer = Buffer.alloc(0);

  /** The messages that are whole with this chunk. */
  take(chunk: Uint8Array): Uint8Array[] {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    const messages: Uint8Array[] = [];
    while (this.#unread.length >= 2) {
      const end = 2 + this.#unread.readUInt16BE(0);
      if (this.#unread.length < end) break;
      messages.push(this.#unread.subarray(2, end));
      this.#unread = this.#unread.subarray(end);
    }
    return messages;
  }
}
