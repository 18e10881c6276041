import type { Socket } from 'node:net';
import { HttpReader, type ResponseHead, socketWire, type Wire, writeChunked } from '#http1';
import type { RequestBody } from '../types.ts';
import { Silence, SourceFailure } from './unreachable.ts';

/** A connection to one host, for one exchange at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #wire: Wire;
  readonly #reader: HttpReader;
  /** Whether all that was asked has been sent; what was not would be taken for the next request. */
  #isSent = true;

  /** When nothing moves for `silenceMs` while something is awaited, the connection is taken for cut. */
  constructor(socket: Socket, silenceMs: number) {
    this.#socket = socket;
    this.#wire = impatient(socketWire(socket), silenceMs);
    this.#reader = new HttpReader(this.#wire);
  }

  /** Whether a further exchange may follow, once the body of this one has been read. */
  get isReusable(): boolean {
    return this.#isSent && !this.#socket.destroyed;
  }

  /**
   * Sends a request and reads the head of its answer. An answer that comes before the body is sent counts.
   * @throws SourceFailure; Silence; Error when the connection ends first
   */
  async ask(head: string, body: RequestBody | undefined, isChunked: boolean): Promise<ResponseHead> {
    if (typeof body === 'function') return this.#stream(head, body, isChunked);
    await this.#wire.write(head);
    if (body !== undefined && body.length > 0) await this.#wire.write(body);
    return this.#reader.readHead();
  }

  /** The body that a head announces; an interrupted one throws. */
  body(head: ResponseHead, method: string): AsyncGenerator<Uint8Array, void> {
    return this.#reader.body(head, method);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #stream(head: string, open: () => AsyncIterable<Uint8Array>, isChunked: boolean) {
    let failure: SourceFailure | undefined;
    const source = noting(open(), (cause) => {
      failure = new SourceFailure('the body cannot be read', { cause });
      this.destroy();
    });
    this.#isSent = false;
    const answer = this.#reader.readHead();
    const sending = (async () => {
      await this.#wire.write(head);
      await (isChunked ? writeChunked(this.#wire, source) : writePlain(this.#wire, source));
      this.#isSent = true;
    })();
    // A registry that closes early has said why: only its answer is of interest then.
    sending.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      throw failure ?? error;
    }
  }
}

async function writePlain(wire: Wire, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of body) if (part.length > 0) await wire.write(part);
}

async function* noting(source: AsyncIterable<Uint8Array>, onError: (error: unknown) => void) {
  try {
    yield* source;
  } catch (error) {
    onError(error);
    throw error;
  }
}

/** A wire that ends with Silence when no read or write that is awaited gets anywhere for so long. */
function impatient(wire: Wire, silenceMs: number): Wire {
  let awaited = 0;
  let silence: Silence | undefined;
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = undefined;
    if (awaited === 0) return;
    timer = setTimeout(() => {
      silence = new Silence('i/o timeout');
      wire.destroy();
    }, silenceMs);
  };
  const moved = async <T>(work: Promise<T>): Promise<T> => {
    awaited++;
    restart();
    const result = await work.finally(() => {
      awaited--;
      restart();
    });
    if (silence !== undefined) throw silence;
    return result;
  };
  return { ...wire, read: () => moved(wire.read()), write: (bytes) => moved(wire.write(bytes)) };
}
