/** One call to the Engine API; the version prefix and the connection are the client's business. */
export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Path without version prefix, each part already escaped (see `segment`). */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON; excludes `body`. */
  readonly json?: unknown;
  /** Sent as a chunked stream; a part is its owner's again when the next one is asked for. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** The open file that `body` gives the bytes of: a daemon on this machine may take it instead. */
  readonly bodyFile?: OpenFile;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A plain file that this process has open, and by what another one knows it for the same. */
export interface OpenFile {
  readonly fd: number;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** Query parameters; `undefined` and `false` are left out, `true` is sent as 1, a list repeats its name. */
export type Query = Readonly<Record<string, QueryValue>>;

/** An answer whose body has not been read yet; it must be read to the end or cancelled. */
export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
  text(): Promise<string>;
  /** Drops the connection without reading the rest. */
  cancel(): void;
}

/** A connection that has become a two-way stream (attach, exec). */
export interface HijackedStream {
  /** True when output comes in frames with a stream number each, false when it is raw (a terminal). */
  readonly multiplexed: boolean;
  /** The next bytes, or undefined at the end of output. */
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our direction only: the other side sees the end of standard input. */
  end(): void;
  destroy(): void;
}

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

/** Where a daemon listens. `text` is the address as the user gave it, for messages. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly text: string; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly text: string;
      readonly host: string;
      readonly port: number;
      readonly tls?: TlsFiles;
    }
  | {
      readonly kind: 'ssh';
      readonly text: string;
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
      /** The daemon's socket there, when it is not the usual one. */
      readonly path?: string;
    };

/** An endpoint that a socket reaches. */
export type SocketEndpoint = Exclude<Endpoint, { kind: 'ssh' }>;

/** The daemon answered with an error status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No daemon could be reached; the message is the stock client's. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** True when nothing listens there, as against a refused permission. */
  readonly absent: boolean;

  constructor(message: string, absent: boolean, cause?: unknown) {
    super(message, { cause });
    this.absent = absent;
  }
}
