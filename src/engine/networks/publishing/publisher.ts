import { setTimeout as delay } from 'node:timers/promises';
import type { NetworkHost } from '../network-host.ts';
import type { NetworkRules } from '../rules/network-rules.ts';
import type { Publication } from '../rules/publication.ts';
import { isServed, isStale } from './traffic.ts';
import { untilAnswers } from './until-answers.ts';

type Traffic = Pick<NetworkHost, 'addresses' | 'connections' | 'forgetConnection'>;

/** A container that is to take part in its group's connections when it is ready. */
interface Arrival {
  readonly publication: Publication;
  readonly waiting: AbortController;
  /** Settles when it takes part, or is not waited for any more; never rejects. */
  readonly ended: Promise<void>;
}

/** When a container is ready for its group's connections: as soon as its port answers, or when somebody admits it. */
export type Readiness = 'answering' | 'admitted';

const drainPollMs = 50;

/** Opens and closes the ports of one network's containers, and hands a shared port over without a gap. */
export class Publisher {
  readonly #rules: NetworkRules;
  readonly #traffic: Traffic;
  #arrivals: readonly Arrival[] = [];

  constructor(rules: NetworkRules, traffic: Traffic) {
    this.#rules = rules;
    this.#traffic = traffic;
  }

  /**
   * Makes ports reachable, also such as are already. Where others of its group serve a port, a container gets
   * connections only once it takes them, or is admitted.
   */
  publish(publications: readonly Publication[], readiness: Readiness): void {
    const { now = [], later = [] } = Object.groupBy(publications, (one) =>
      this.#canWait(one, readiness) ? 'later' : 'now',
    );
    this.#rules.publish(now);
    this.#forgetStale(now);
    for (const publication of later) this.#await(publication, readiness);
  }

  /** Gives a container its connections, without looking whether it takes them. */
  admit(publications: readonly Publication[]): void {
    this.#rules.publish(publications);
    for (const { waiting } of this.#arrivalsOf(publications)) waiting.abort();
  }

  /** Gives a container no further connections of its groups until it is admitted, where somebody else has them. */
  withdraw(publications: readonly Publication[]): void {
    const shared = publications.filter((publication) => this.#rules.isSharedWith(publication));
    this.#rules.unpublish(shared);
    for (const publication of shared) this.#await(publication, 'admitted');
  }

  /** Makes ports unreachable for new connections; what is not published may be among them. */
  unpublish(publications: readonly Publication[]): void {
    for (const { waiting } of this.#arrivalsOf(publications)) waiting.abort();
    this.#rules.unpublish(publications);
    this.#forgetStale(publications);
    this.#admitLast();
  }

  /**
   * Takes a container out of its groups: waits for a successor where one is on its way, gives it no further connections,
   * also by its shim's sockets, and waits until those that it has have ended. Nothing is waited for once it is given up.
   */
  async drain(
    shared: readonly Publication[],
    closeSockets: () => Promise<void>,
    givenUp: AbortSignal,
  ): Promise<void> {
    await this.#untilSucceeded(shared, givenUp);
    this.unpublish(shared);
    await closeSockets();
    while (!givenUp.aborted && this.#isBusy(shared)) await delay(drainPollMs);
  }

  /** Better one that is not ready than nobody. */
  #admitLast(): void {
    const alone = this.#arrivals.filter(
      ({ publication, waiting }) => !waiting.signal.aborted && !this.#rules.isSharedWith(publication),
    );
    this.admit(alone.map(({ publication }) => publication));
  }

  #canWait(publication: Publication, readiness: Readiness): boolean {
    const { port } = publication;
    const canShow = readiness === 'admitted' || port.protocol === 'tcp';
    return port.group !== undefined && canShow && this.#rules.isSharedWith(publication);
  }

  #await(publication: Publication, readiness: Readiness): void {
    if (this.#arrivalsOf([publication]).length > 0) return;
    const waiting = new AbortController();
    const { target, port } = publication;
    const ready =
      readiness === 'admitted'
        ? untilAborted(waiting.signal)
        : untilAnswers(target, port.port, waiting.signal);
    const ended = ready
      .then(() => {
        if (!waiting.signal.aborted) this.#rules.publish([publication]);
      })
      // Aborted; or the kernel refused it: the next change of its place tries that again.
      .catch(() => undefined)
      .finally(() => {
        this.#arrivals = this.#arrivals.filter((other) => other !== arrival);
      });
    const arrival = { publication, waiting, ended };
    this.#arrivals = [...this.#arrivals, arrival];
  }

  async #untilSucceeded(leaving: readonly Publication[], givenUp: AbortSignal): Promise<void> {
    if (givenUp.aborted) return;
    const successors = leaving
      .filter((publication) => !this.#rules.isSharedWith(publication))
      .map((publication) => this.#arrivals.filter((other) => isSamePlace(other.publication, publication)))
      .filter((arrivals) => arrivals.length > 0);
    await Promise.race([
      untilAborted(givenUp),
      Promise.all(successors.map((arrivals) => Promise.race(arrivals.map(({ ended }) => ended)))),
    ]);
  }

  #arrivalsOf(publications: readonly Publication[]): readonly Arrival[] {
    return this.#arrivals.filter(({ publication }) =>
      publications.some((other) => isSamePlace(other, publication) && other.target === publication.target),
    );
  }

  #isBusy(publications: readonly Publication[]): boolean {
    return this.#traffic.connections().some((connection) => isServed(publications, connection));
  }

  #forgetStale(publications: readonly Publication[]): void {
    const datagrams = publications.filter(({ port }) => port.protocol === 'udp');
    if (datagrams.length === 0) return;
    const ours = this.#traffic.addresses();
    for (const connection of this.#traffic.connections())
      if (isStale(datagrams, connection, ours)) this.#traffic.forgetConnection(connection);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function isSamePlace({ port: left }: Publication, { port: right }: Publication): boolean {
  return (
    left.hostAddress === right.hostAddress &&
    left.hostPort === right.hostPort &&
    left.protocol === right.protocol
  );
}
