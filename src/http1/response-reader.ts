import type { Wire } from './types.ts';

/** A response's status line and headers. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

const maxHeadBytes = 256 << 10;
const mostEarlyHeads = 10;
const lineFeed = 10;

/** Reads HTTP/1.1 responses from a wire, one after the other; keeps what came too much. */
export class HttpReader {
  readonly #wire: Wire;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** The next bytes as they come, without any framing; undefined at the end. */
  async readRaw(): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0) return this.#wire.read();
    const bytes = this.#rest;
    this.#rest = new Uint8Array(0);
    return bytes;
  }

  /** @throws Error when the connection ends first, or what comes is no head */
  async readHead(): Promise<ResponseHead> {
    for (let early = 0; early <= mostEarlyHeads; early++) {
      const head = await this.readAnyHead();
      // What comes before the answer (100, 103) says nothing that is of use here.
      if (head.status >= 200 || head.status === 101) return head;
    }
    throw new Error('malformed HTTP response: no answer after many heads');
  }

  /** The same, also of what comes before an answer: 100 is leave to send the body. */
  async readAnyHead(): Promise<ResponseHead> {
    const statusLine = await this.#readLine();
    const match = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine);
    if (match === null) throw new Error(`malformed HTTP response ${JSON.stringify(statusLine)}`);
    return { status: Number(match[1]), headers: await this.#readFields() };
  }

  /** The body that the head announces, chunk by chunk. */
  body(head: ResponseHead, method: string): AsyncGenerator<Uint8Array, void> {
    if (isBodiless(head, method)) return this.#sized(0);
    if (/\bchunked\b/i.test(head.headers.get('transfer-encoding') ?? '')) return this.#chunked();
    const length = head.headers.get('content-length');
    if (length === undefined) return this.#untilClose();
    if (!/^\d+$/.test(length)) throw new Error(`malformed Content-Length ${JSON.stringify(length)}`);
    return this.#sized(Number(length));
  }

  async *#untilClose(): AsyncGenerator<Uint8Array, void> {
    for (let part = await this.readRaw(); part !== undefined; part = await this.readRaw()) yield part;
  }

  async *#sized(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0; ) {
      const part = await this.#take(left);
      left -= part.length;
      yield part;
    }
  }

  async *#chunked(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const line = await this.#readLine();
      const size = Number.parseInt(line, 16);
      if (!(size >= 0)) throw new Error(`malformed chunk size ${JSON.stringify(line)}`);
      if (size === 0) break;
      yield* this.#sized(size);
      await this.#readLine();
    }
    await this.#readFields();
  }

  /** Between 1 and `limit` bytes. */
  async #take(limit: number): Promise<Uint8Array> {
    const bytes = await this.readRaw();
    if (bytes === undefined) throw new Error('unexpected EOF');
    if (bytes.length <= limit) return bytes;
    this.#rest = bytes.subarray(limit);
    return bytes.subarray(0, limit);
  }

  /** Header or trailer fields, up to the empty line. */
  async #readFields(): Promise<Map<string, string>> {
    const fields = new Map<string, string>();
    let bytes = 0;
    for (let line = await this.#readLine(); line !== ''; line = await this.#readLine()) {
      bytes += line.length;
      if (bytes > maxHeadBytes) throw new Error('HTTP response head too long');
      const colon = line.indexOf(':');
      if (colon > 0) addField(fields, line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    return fields;
  }

  /** A line without its end. */
  async #readLine(): Promise<string> {
    let end = this.#rest.indexOf(lineFeed);
    while (end < 0) {
      const more = await this.#wire.read();
      if (more === undefined) throw new Error(this.#rest.length === 0 ? 'EOF' : 'unexpected EOF');
      this.#rest = this.#rest.length === 0 ? more : Buffer.concat([this.#rest, more]);
      end = this.#rest.indexOf(lineFeed);
      if (end < 0 && this.#rest.length > maxHeadBytes) throw new Error('HTTP response line too long');
    }
    const line = Buffer.from(this.#rest.buffer, this.#rest.byteOffset, end).toString('latin1');
    this.#rest = this.#rest.subarray(end + 1);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}

/** A name that comes again adds to a list. */
function addField(fields: Map<string, string>, name: string, value: string): void {
  const before = fields.get(name);
  fields.set(name, before === undefined ? value : `${before}, ${value}`);
}

function isBodiless(head: ResponseHead, method: string): boolean {
  return method === 'HEAD' || head.status === 204 || head.status === 304;
}
