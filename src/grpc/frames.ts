import { EngineError } from '#base';

const headBytes = 5;
/** As BuildKit's own clients and servers have it. */
const longestMessage = 16 << 20;

/** One message as it is sent: not compressed, its length in front. */
export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Cuts what comes into messages; what is not whole yet is put together once, when it is. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  /** As many as it takes to go on. */
  #needed = headBytes;

  /** The messages that are whole now. @throws EngineError, for one that is compressed or too long; nothing works then */
  push(chunk: Uint8Array): Buffer[] {
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes < this.#needed ? [] : this.#cut(Buffer.concat(this.#pieces));
  }

  #cut(whole: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let at = 0;
    this.#needed = headBytes;
    while (whole.length - at >= headBytes) {
      const end = at + headBytes + messageBytes(whole.subarray(at));
      this.#needed = end - at;
      if (whole.length < end) break;
      messages.push(whole.subarray(at + headBytes, end));
      at = end;
      this.#needed = headBytes;
    }
    const rest = whole.subarray(at);
    this.#pieces = [rest];
    this.#bytes = rest.length;
    return messages;
  }
}

function messageBytes(head: Buffer): number {
  if (head[0] !== 0) throw new EngineError('notImplemented', 'compressed messages are not read');
  const length = head.readUInt32BE(1);
  if (length > longestMessage) throw new EngineError('invalid', `a message of ${length} bytes is too long`);
  return length;
}
