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
  readonly #clearing = new Map<ContainerId, Promise<void>>();

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

  /** Keeps track of what clears up after a container's run, which only its next start and closing wait for. */
  addClearing(id: ContainerId, work: Promise<void>): void {
    const tracked = work.finally(() => this.#clearing.delete(id));
    this.#clearing.set(id, tracked);
  }

  /** Waits until nothing is left of a container's last run. */
  async cleared(id: ContainerId): Promise<void> {
    await this.#clearing.get(id);
  }

  async allCleared(): Promise<void> {
    while (this.#clearing.size > 0) await Promise.allSettled(this.#clearing.values());
  }
}
