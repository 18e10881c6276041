import type { Duplex } from 'node:stream';
import { EngineError } from '#base';
import { GrpcClient } from '#grpc';
import { WaitingMap } from './waiting-map.ts';

/** What a client says of itself when it opens a session. */
export interface SessionFacts {
  readonly id: string;
  readonly name: string;
  /** Same for all builds of one context. */
  readonly sharedKey: string;
  /** Paths of the methods that it serves. */
  readonly methods: readonly string[];
}

/** A connection by which a client gives a build what it asks for: files, secrets, credentials. */
export interface ClientSession extends SessionFacts {
  readonly client: GrpcClient;
}

/** How long a build waits for its client's session. */
const patienceMs = 5000;

/** The sessions that are open. */
export class Sessions {
  readonly #open = new WaitingMap<ClientSession>();

  /** Takes over a connection that speaks HTTP/2 from its next byte on, until it ends. */
  add(socket: Duplex, facts: SessionFacts): void {
    const client = new GrpcClient(socket);
    const session = { ...facts, client };
    this.#open.set(facts.id, session);
    client.onClose(() => this.#open.delete(facts.id, session));
  }

  /** The session of an id, which its client may be about to open. @throws EngineError notFound */
  async get(id: string, signal: AbortSignal): Promise<ClientSession> {
    const session = await this.#open.when(id, patienceMs, signal);
    if (session !== undefined) return session;
    throw new EngineError('notFound', `no active session for ${id}: context deadline exceeded`);
  }
}
