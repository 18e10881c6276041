import type { Log } from '#base';
import type { NamedSandbox, ResolverRequest } from '#resolver';
import type { SandboxRecord } from '../types.ts';
import { describeSandbox } from './describe-sandbox.ts';
import { ResolverLink } from './resolver-link.ts';
import type { ResolverPlace } from './resolver-process.ts';
import type { NamedNetwork, NameService } from './types.ts';

/** A resolver without containers is let go after so long: the next container may follow at once. */
const lingerMs = 60_000;

export interface NameServiceParts {
  readonly log: Log;
  /** Every network by its id. */
  readonly networkOf: (id: string) => NamedNetwork;
}

/**
 * Names by a `wharf-resolver`, which is started when there are some and let go when there are none; without a
 * place for one, nothing is answered.
 */
export function createNameService(place: ResolverPlace | undefined, parts: NameServiceParts): NameService {
  return place === undefined ? silence : new ResolverNames(place, parts);
}

const silence: NameService = {
  tell: async () => {},
  serve: () => {},
  forget: () => {},
  [Symbol.asyncDispose]: async () => {},
};

interface Told {
  readonly sandbox: NamedSandbox;
  readonly shimDirectory: string;
  isServed: boolean;
}

class ResolverNames implements NameService {
  readonly #networkOf: NameServiceParts['networkOf'];
  readonly #told = new Map<string, Told>();
  readonly #link: ResolverLink;
  #lingering: NodeJS.Timeout | undefined;

  constructor(place: ResolverPlace, { log, networkOf }: NameServiceParts) {
    this.#networkOf = networkOf;
    const everything = () => [...this.#told.values()].map(requestOf);
    this.#link = new ResolverLink({ ...place, log, everything });
  }

  async tell(record: SandboxRecord): Promise<void> {
    const { containerId, names } = record;
    if (names === undefined || (!hasAddress(record) && !this.#told.has(containerId))) return;
    clearTimeout(this.#lingering);
    const told = {
      sandbox: describeSandbox(record, names, this.#networkOf),
      shimDirectory: names.shimDirectory,
      isServed: this.#told.get(containerId)?.isServed ?? false,
    };
    this.#told.set(containerId, told);
    this.#link.send(requestOf(told));
    return this.#link.settled();
  }

  serve(containerId: string): void {
    const told = this.#told.get(containerId);
    if (told === undefined) return;
    told.isServed = true;
    this.#link.send(requestOf(told));
    // Not before: starting the resolver is not to hold up the start of the first container.
    this.#link.open();
  }

  forget(containerId: string): void {
    if (!this.#told.delete(containerId)) return;
    this.#link.send({ type: 'remove', containerId });
    if (this.#told.size > 0) return;
    this.#lingering = setTimeout(() => void this.#link.close(), lingerMs);
    this.#lingering.unref();
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#lingering);
    return this.#link.close();
  }
}

function hasAddress({ endpoints }: SandboxRecord): boolean {
  return Object.values(endpoints).some(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined);
}

function requestOf({ sandbox, shimDirectory, isServed }: Told): ResolverRequest {
  return { type: 'set', sandbox, ...(isServed && { directory: shimDirectory }) };
}
