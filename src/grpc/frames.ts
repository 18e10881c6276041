import { EngineError } from '#base';

const headBytes = 5;
const longestMessage = 64 << 20;

/** One message as it is sent: not compressed, its length in front. */
export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Cuts what comes into messages. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are whole now. @throws EngineError invalid, for one that is compressed or too long */
  push(chunk: Uint8Array): Buffer[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    while (this.#rest.length >= headBytes) {
      const length = this.#rest.readUInt32BE(1);
      if (this.#rest[0] !== 0) throw new EngineError('notImplemented', 'compressed messages are not read');
      if (length > longestMessage)
        throw new EngineError('invalid', `a message of ${length} bytes is too long`);
      if (this.#rest.length < headBytes + length) break;
      messages.push(this.#rest.subarray(headBytes, headBytes + length));
      this.#rest = this.#rest.subarray(headBytes + length);
    }
    return messages;
  }
}
