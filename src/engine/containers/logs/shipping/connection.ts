import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** A stream that lines go out on. */
export interface StreamAddress {
  /** Path of a unix socket; otherwise host and port. */
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  /** Speaks TLS. */
  readonly tls?: ConnectionOptions;
}

const connectTimeoutMs = 10_000;

/**
 * A connection whose writes wait until the other side takes them, for as long as it lives.
 * It is destroyed when the signal comes; every call then fails.
 */
export class Connection implements AsyncDisposable {
  readonly socket: Socket;
  #broken: Error | undefined;

  private constructor(socket: Socket, signal: AbortSignal) {
    this.socket = socket;
    const fail = (error: Error) => {
      this.#broken ??= error;
      socket.destroy();
    };
    socket.setKeepAlive(true, 30_000);
    // A receiver that ends its side takes no more.
    socket.on('error', fail).on('end', () => fail(new Error('the receiver closed the connection')));
    const onAbort = () => socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      fail(new Error('the connection is closed'));
    });
    socket.resume();
  }

  /** @throws Error when there is no connection within ten seconds */
  static async open({ tls, ...address }: StreamAddress, signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    const place =
      address.path === undefined ? { ...address, port: address.port ?? 0 } : { path: address.path };
    const socket = tls === undefined ? connectPlain(place) : connectTls({ ...place, ...tls });
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)]);
      await once(socket, tls === undefined ? 'connect' : 'secureConnect', { signal: within });
    } catch (error) {
      socket.on('error', () => undefined).destroy();
      throw error;
    }
    return new Connection(socket, signal);
  }

  /** Resolves when the kernel has taken all bytes. @throws Error when the connection breaks */
  async write(bytes: Buffer): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    await new Promise<void>((resolve, reject) => {
      const onClose = () => reject(this.#broken ?? new Error('the connection is closed'));
      this.socket.once('close', onClose);
      this.socket.write(bytes, (error) => {
        this.socket.off('close', onClose);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}
