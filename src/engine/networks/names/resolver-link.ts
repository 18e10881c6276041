import { once } from 'node:events';
import type { Socket } from 'node:net';
import { errorMessage, type Log } from '#base';
import { encodeLine, Lines, type ResolverReply, type ResolverRequest } from '#resolver';
import { connectResolver, endResolver, isOutdated, type ResolverPlace } from './resolver-process.ts';

/** A resolver that takes longer hangs: its connection is given up, and nobody waits for the next one. */
const patienceMs = 2_000;
const longestPauseMs = 5_000;
const shortestPauseMs = 50;

export interface ResolverLinkParts extends ResolverPlace {
  readonly log: Log;
  /** All there is to tell, for a resolver that was just connected. */
  readonly everything: () => readonly ResolverRequest[];
}

/** The connection to the resolver. While it is wanted, one that ends is made again, with a resolver that is new. */
export class ResolverLink implements AsyncDisposable {
  readonly #parts: ResolverLinkParts;
  readonly #answers = new Map<number, () => void>();
  #socket: Socket | undefined;
  /** The resolver was told everything; what comes after is told as it comes. */
  #isInformed = false;
  #connecting: Promise<void> | undefined;
  #pause: NodeJS.Timeout | undefined;
  #pauseMs = shortestPauseMs;
  #lastNumber = 0;
  #wanted = false;

  constructor(parts: ResolverLinkParts) {
    this.#parts = parts;
  }

  /** Has a connection made, and made again whenever it ends, until close(). */
  open(): void {
    this.#wanted = true;
    if (this.#socket === undefined && this.#pause === undefined) this.#connect();
  }

  /** Sends a request, if there is a connection: a later one begins with everything. */
  send(request: ResolverRequest): void {
    if (this.#isInformed) this.#socket?.write(encodeLine(request));
  }

  /** Resolves when what was sent before is in force, the connection has ended, or the resolver hangs. */
  async settled(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || !this.#isInformed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const number = ++this.#lastNumber;
    this.#answers.set(number, resolve);
    socket.write(encodeLine({ type: 'ask', number }));
    const patience = setTimeout(() => socket.destroy(), patienceMs);
    await promise;
    clearTimeout(patience);
    this.#answers.delete(number);
  }

  /** Ends the connection; a resolver without containers ends with it. Resolves when it is closed. */
  async close(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    await this.#connecting;
    const socket = this.#socket;
    if (socket === undefined) return;
    const closed = once(socket, 'close');
    const patience = setTimeout(() => socket.destroy(), patienceMs);
    socket.end();
    await closed;
    clearTimeout(patience);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(): void {
    this.#connecting ??= this.#tryConnect().finally(() => {
      this.#connecting = undefined;
    });
  }

  async #tryConnect(): Promise<void> {
    try {
      this.#open(await connectResolver(this.#parts));
    } catch (error) {
      this.#parts.log.warn('names in containers are not answered', { error: errorMessage(error) });
      this.#reconnectLater();
    }
  }

  #open(socket: Socket): void {
    this.#socket = socket;
    const lines = new Lines<ResolverReply>();
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      for (const reply of lines.take(chunk)) this.#receive(socket, reply);
    });
    socket.on('end', () => socket.destroy());
    socket.once('close', () => this.#onClose());
  }

  #receive(socket: Socket, reply: ResolverReply): void {
    if (reply.type === 'answer') {
      this.#answers.get(reply.number)?.();
    } else if (isOutdated(this.#parts, reply.program)) {
      endResolver(socket);
    } else {
      this.#pauseMs = shortestPauseMs;
      const requests = [{ type: 'begin' }, ...this.#parts.everything(), { type: 'complete' }] as const;
      socket.write(requests.map(encodeLine).join(''));
      this.#isInformed = true;
    }
  }

  #onClose(): void {
    this.#socket = undefined;
    this.#isInformed = false;
    for (const resolve of this.#answers.values()) resolve();
    if (this.#wanted) this.#reconnectLater();
  }

  #reconnectLater(): void {
    if (!this.#wanted) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#connect();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
  }
}
