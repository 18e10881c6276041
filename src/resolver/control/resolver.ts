import { NameTable } from '../names/name-table.ts';
import { serveSandbox } from '../serve/served-sandbox.ts';
import type { NamedSandbox } from '../types.ts';
import type { HostServers } from '../upstream/host-servers.ts';
import { Places } from '../upstream/places.ts';
import { ServerHealth } from '../upstream/server-health.ts';
import type { ResolverRequest } from './messages.ts';

/** Questions that wait for other servers at a time: each has a descriptor, and containers need theirs. */
const mostWaiting = 8192;

export interface ResolverEvents {
  /** The last container that was answered has ended. */
  readonly onIdle: () => void;
  /** A container has sent something. */
  readonly onMessage: () => void;
}

/** All that a resolver knows and does: names, and the containers that it answers. */
export class Resolver {
  readonly #table = new NameTable();
  readonly #served = new Map<string, Disposable>();
  readonly #hostServers: HostServers;
  readonly #hostHealth = new ServerHealth();
  readonly #places = new Places(mostWaiting);
  readonly #events: ResolverEvents;
  /** Containers that a `begin` has not heard of again yet. */
  #doubtful = new Set<string>();
  /** Shims of containers that were told while they were answered: what is answered may have ended, and begun anew. */
  readonly #told = new Map<string, string>();
  /** Shims of containers that are not answered before all names are known; undefined when they are. */
  #waiting: Map<string, string> | undefined;

  constructor(hostServers: HostServers, events: ResolverEvents) {
    this.#hostServers = hostServers;
    this.#events = events;
  }

  get isIdle(): boolean {
    return this.#served.size === 0;
  }

  /** Does what a daemon says, but for what concerns the connection. */
  follow(request: ResolverRequest): void {
    if (request.type === 'begin') this.#begin();
    if (request.type === 'complete') this.#complete();
    if (request.type === 'set') this.#set(request.sandbox, request.directory);
    if (request.type === 'remove') this.#remove(request.containerId);
  }

  #begin(): void {
    this.#doubtful = new Set([...this.#table.ids(), ...this.#served.keys()]);
    this.#waiting = new Map();
  }

  #complete(): void {
    for (const id of this.#doubtful) this.#remove(id);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const [id, directory] of waiting) this.#serve(id, directory);
  }

  #set(sandbox: NamedSandbox, directory: string | undefined): void {
    const { containerId } = sandbox;
    this.#doubtful.delete(containerId);
    this.#table.set(sandbox);
    if (directory === undefined) return;
    if (this.#served.has(containerId)) this.#told.set(containerId, directory);
    else if (this.#waiting === undefined) this.#serve(containerId, directory);
    else this.#waiting.set(containerId, directory);
  }

  /** A container whose shim is gone already has nothing to be asked by. */
  #serve(containerId: string, directory: string): void {
    const onEnd = () => this.#end(containerId);
    const parts = {
      table: this.#table,
      hostServers: this.#hostServers,
      hostHealth: this.#hostHealth,
      places: this.#places,
      onMessage: this.#events.onMessage,
    };
    try {
      this.#served.set(containerId, serveSandbox({ ...parts, containerId, directory, onEnd }));
    } catch {
      this.#table.remove(containerId);
    }
  }

  #end(containerId: string): void {
    const directory = this.#told.get(containerId);
    this.#release(containerId);
    if (directory === undefined) this.#table.remove(containerId);
    else this.#serve(containerId, directory);
    if (this.isIdle) this.#events.onIdle();
  }

  #remove(containerId: string): void {
    this.#table.remove(containerId);
    this.#release(containerId);
  }

  #release(containerId: string): void {
    this.#told.delete(containerId);
    this.#served.get(containerId)?.[Symbol.dispose]();
    this.#served.delete(containerId);
  }
}
