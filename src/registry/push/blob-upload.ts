import { EngineError } from '#base';
import { Interrupted } from '../http/unreachable.ts';
import { refusal } from '../refusal.ts';
import type { RegistryResponse, RegistrySession } from '../types.ts';
import { StreamMeter } from './stream-meter.ts';
import type { BlobName, UploadSource } from './types.ts';

/** One blob on its way to a repository, over as many attempts as it takes. */
export class BlobUpload {
  readonly #session: RegistrySession;
  readonly #source: UploadSource;
  readonly #signal: AbortSignal;
  readonly #meter = new StreamMeter();
  /** The most that one request carries; less after each one that was too large for a proxy on the way. */
  #pieceBytes = Number.POSITIVE_INFINITY;
  /** How much the latest request has carried. */
  #carried = 0;
  /** Where the registry takes the bytes; undefined before the first attempt, and when it has forgotten them. */
  #location: URL | undefined;

  constructor(session: RegistrySession, source: UploadSource, signal: AbortSignal) {
    this.#session = session;
    this.#source = source;
    this.#signal = signal;
  }

  /** How much of the blob was read for the first time: grows with every attempt that got further. */
  get progress(): number {
    return this.#meter.measured;
  }

  /**
   * Uploads the blob, or what is missing of it after an attempt that failed.
   * @throws EngineError unavailable, when another attempt may succeed; other kinds when not; what the source throws
   */
  async attempt(): Promise<BlobName> {
    let received = await this.#received();
    const blob = this.#source.blob ?? this.#meter.blob;
    if (blob !== undefined && received === 0 && blob.size <= this.#pieceBytes) return this.#putWhole(blob);
    while (received < (this.#blob?.size ?? Number.POSITIVE_INFINITY)) {
      await this.#patch(received);
      received += this.#carried;
    }
    return this.#finish();
  }

  /** What is uploaded, once that is known. */
  get #blob(): BlobName | undefined {
    return this.#source.blob ?? this.#meter.blob;
  }

  /** How many bytes the registry has. */
  async #received(): Promise<number> {
    if (this.#location !== undefined) {
      const response = await this.#session.request('GET', this.#location, { signal: this.#signal });
      response.discard();
      const end = Number(/^(?:bytes=)?0-(\d+)$/.exec(response.header('range') ?? '')?.[1] ?? 0);
      // One byte is told like none.
      if (response.status === 204 && end > 0 && end < this.#meter.measured) {
        this.#moved(response, this.#location);
        return end + 1;
      }
    }
    this.#location = await this.#begin();
    return 0;
  }

  async #begin(): Promise<URL> {
    const headers = { 'Content-Length': '0' };
    const response = await this.#session.request('POST', 'blobs/uploads/', { headers, signal: this.#signal });
    await this.#require(response, 202);
    return locationOf(response);
  }

  /** All in one request. */
  async #putWhole(blob: BlobName): Promise<BlobName> {
    const headers = { ...octets, 'Content-Length': String(blob.size) };
    return this.#accept(await this.#put(blob, { headers, body: this.#bodyFrom(0) }), blob);
  }

  /** Sends the next piece, or all that is left. */
  async #patch(from: number): Promise<void> {
    const blob = this.#blob;
    const length = blob && Math.min(blob.size - from, this.#pieceBytes);
    const known = length !== undefined && {
      'Content-Length': String(length),
      'Content-Range': `${from}-${from + length - 1}`,
    };
    const location = this.#openLocation();
    const request = { headers: { ...octets, ...known }, body: this.#bodyFrom(from), signal: this.#signal };
    const response = await this.#session.request('PATCH', location, request);
    await this.#require(response, 202);
    this.#moved(response, location);
    const isShort = this.#meter.blob === undefined && this.#carried < this.#pieceBytes;
    if (isShort) throw new Interrupted('unexpected EOF');
  }

  async #finish(): Promise<BlobName> {
    const blob = this.#blob;
    if (blob === undefined) throw new Interrupted('unexpected EOF');
    return this.#accept(await this.#put(blob, { headers: { 'Content-Length': '0' } }), blob);
  }

  #put(
    { digest }: BlobName,
    request: { readonly headers: Readonly<Record<string, string>>; readonly body?: Body },
  ): Promise<RegistryResponse> {
    const url = new URL(this.#openLocation());
    url.searchParams.set('digest', digest);
    return this.#session.request('PUT', url, { ...request, signal: this.#signal });
  }

  async #accept(response: RegistryResponse, blob: BlobName): Promise<BlobName> {
    await this.#require(response, 201);
    const answered = response.header('docker-content-digest') ?? blob.digest;
    if (answered === blob.digest) return blob;
    throw new EngineError('corrupt', `registry stored digest ${answered}, expected ${blob.digest}`);
  }

  #bodyFrom(from: number): Body {
    return () => this.#piece(this.#measured(from));
  }

  /** As much as one request may carry. The end is looked for behind it, so that no empty piece follows. */
  async *#piece(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#carried = 0;
    for await (const chunk of bytes) {
      const left = this.#pieceBytes - this.#carried;
      if (left === 0) return;
      const part = chunk.subarray(0, left);
      this.#carried += part.length;
      yield part;
    }
  }

  /** @throws EngineError corrupt, at the end of a source that has broken its promise */
  async *#measured(from: number): AsyncGenerator<Uint8Array> {
    yield* this.#meter.measure(this.#source.read(from), from);
    const expected = this.#source.blob?.digest;
    const read = this.#meter.blob?.digest;
    if (expected === undefined || read === expected) return;
    throw new EngineError('corrupt', `content has digest ${read}, expected ${expected}`);
  }

  /** Discards the body of the expected answer. @throws EngineError, for any other */
  async #require(response: RegistryResponse, status: number): Promise<void> {
    if (response.status === status) return response.discard();
    const error = await refusal(response, this.#session.reference, 'pull,push');
    if (response.status === 413 && this.#shrink()) throw new Interrupted(error.message, error);
    if (response.status !== 404 && response.status !== 416) throw error;
    const wasOpen = this.#location !== undefined;
    this.#location = undefined;
    throw wasOpen ? new Interrupted(error.message, error) : error;
  }

  /** Halves what requests carry; false when that would be too little to be the reason. */
  #shrink(): boolean {
    const tried = Math.min(this.#pieceBytes, this.#blob?.size ?? this.#carried);
    this.#pieceBytes = Math.floor(tried / 2);
    return this.#pieceBytes >= leastPieceBytes;
  }

  #openLocation(): URL {
    if (this.#location === undefined) throw new EngineError('internal', 'the upload has not begun');
    return this.#location;
  }

  /** Registries may move an upload with each answer. */
  #moved(response: RegistryResponse, from: URL): void {
    this.#location = response.header('location') === undefined ? from : locationOf(response);
  }
}

type Body = () => AsyncIterable<Uint8Array>;

const leastPieceBytes = 4096;

const octets = { 'Content-Type': 'application/octet-stream' } as const;

function locationOf(response: RegistryResponse): URL {
  const location = response.header('location');
  if (location !== undefined && URL.canParse(location, response.url.href))
    return new URL(location, response.url);
  throw new EngineError('corrupt', `${response.url.host} did not say where to upload to`);
}
