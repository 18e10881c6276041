import type { Sandbox } from '#engine/networks';
import type { Task } from '#task';
import type { WaitingStream } from './attach/attach.ts';
import type { ContainerId } from './types.ts';

/** A container's process and its place in the networks. */
export interface LiveContainer {
  readonly task: Task;
  readonly sandbox: Sandbox | undefined;
}

/** What this daemon holds of containers that live, and of those that are about to. */
export class Live {
  readonly #containers = new Map<ContainerId, LiveContainer>();
  readonly #waiting = new Map<ContainerId, Set<WaitingStream>>();
  readonly #background = new Set<Promise<void>>();

  get(id: ContainerId): LiveContainer | undefined {
    return this.#containers.get(id);
  }

  set(id: ContainerId, container: LiveContainer): void {
    this.#containers.set(id, container);
  }

  delete(id: ContainerId): void {
    this.#containers.delete(id);
  }

  all(): IterableIterator<LiveContainer> {
    return this.#containers.values();
  }

  /** Keeps a conversation that was opened before its container starts. */
  addWaiting(id: ContainerId, stream: WaitingStream): void {
    const streams = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, streams.add(stream));
    stream.duplex.once('close', () => streams.delete(stream));
  }

  /** Hands over the conversations that wait for a container. */
  takeWaiting(id: ContainerId): WaitingStream[] {
    const streams = this.#waiting.get(id);
    this.#waiting.delete(id);
    return [...(streams ?? [])];
  }

  /** Keeps track of work that nobody waits for, so that closing can. */
  inBackground(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled(this.#background);
  }
}
