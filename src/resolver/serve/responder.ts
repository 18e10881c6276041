import { decodeQuery, isBad, type Query } from '../message/query.ts';
import { responseCode } from '../message/record-type.ts';
import { encodeRefusal, encodeResponse, limitResponse } from '../message/response.ts';
import { answerFrom } from '../names/answer.ts';
import type { NameTable } from '../names/name-table.ts';
import type { NamedSandbox } from '../types.ts';
import { forward } from '../upstream/forward.ts';
import type { HostServers } from '../upstream/host-servers.ts';
import { Places } from '../upstream/places.ts';
import { ServerHealth } from '../upstream/server-health.ts';
import type { Transport } from '../upstream/types.ts';

/** How many questions of one container may wait for other servers at a time. */
const mostWaiting = 512;
const mostTcpBytes = 65_535;

export interface ResponderParts {
  readonly table: NameTable;
  readonly hostServers: HostServers;
  /** Of the servers of the host. */
  readonly hostHealth: ServerHealth;
  /** For the questions of all containers that wait for other servers. */
  readonly places: Places;
  /** Called at every message. */
  readonly onMessage: () => void;
  /** Of the container, in whose network namespace its own servers are asked. */
  readonly pid: number;
}

/** Answers the messages of one container. */
export class Responder {
  readonly #containerId: string;
  readonly #parts: ResponderParts;
  readonly #ownHealth = new ServerHealth();
  readonly #places: Places;

  constructor(containerId: string, parts: ResponderParts) {
    this.#containerId = containerId;
    this.#parts = parts;
    this.#places = new Places(mostWaiting, parts.places);
  }

  /** @returns the answer, at once where nobody else is asked; undefined for what gets none */
  respond(message: Uint8Array, transport: Transport): Uint8Array | Promise<Uint8Array> | undefined {
    this.#parts.onMessage();
    const query = decodeQuery(message);
    if (query === undefined) return undefined;
    if (isBad(query)) return encodeRefusal(query);
    const asker = this.#parts.table.get(this.#containerId);
    if (asker === undefined) return failure(query);
    const records = answerFrom(this.#parts.table, asker, query);
    if (records !== undefined)
      return encodeResponse(query, responseCode.ok, records, limitOf(query, transport));
    if (!asker.forwards || !this.#places.tryTake()) return failure(query);
    return this.#forward(asker, { query, message: Uint8Array.from(message), transport });
  }

  /** Gives a place back that was taken for it. */
  async #forward(
    asker: NamedSandbox,
    request: { readonly query: Query; readonly message: Uint8Array; readonly transport: Transport },
  ): Promise<Uint8Array> {
    const { hostServers, hostHealth, pid } = this.#parts;
    const own = asker.servers.length > 0;
    try {
      const answer = await forward(
        {
          ...request,
          servers: own ? asker.servers : hostServers.current,
          pid: own ? pid : process.pid,
        },
        own ? this.#ownHealth : hostHealth,
      );
      const { query, transport } = request;
      return answer === undefined ? failure(query) : limitResponse(query, answer, limitOf(query, transport));
    } finally {
      this.#places.giveBack();
    }
  }
}

function failure(query: Query): Uint8Array {
  return encodeResponse(query, responseCode.serverFailure, [], query.udpBytes);
}

function limitOf(query: Query, transport: Transport): number {
  return transport === 'udp' ? query.udpBytes : mostTcpBytes;
}
